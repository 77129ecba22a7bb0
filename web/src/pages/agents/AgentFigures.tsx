import { Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import { $api, type Schema } from '@/api/client'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { locale, useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Failure } from '@/ui/states'

type Sums = Schema<'SumsDocument'>

/** What an agent has done and earned today, this week and this month. */
export function AgentFigures({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const figures = $api.useQuery('get', '/api/v1/agents/{id}/figures', { params: { path: { id: agent } } })
  if (figures.error) return <Failure error={figures.error} again={() => void figures.refetch()} />
  const { today, week, month, all } = figures.data ?? {}
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="sm">
      <Sum title={t('Today')} sums={today} />
      <Sum title={t('This week')} sums={week} />
      <Sum title={t('This month')} sums={month} />
      <Sum title={t('In all')} sums={all} />
    </SimpleGrid>
  )
}

function Sum({ title, sums }: { title: string; sums: Sums | undefined }) {
  const { t } = useTranslation()
  if (!sums) return <Skeleton height={190} />
  const facts = [
    { title: t('Calls'), value: sums.calls },
    { title: t('Talked'), value: durationText(sums.talk_seconds) },
    { title: t('Messages'), value: sums.messages },
    { title: t('Repeat customers'), value: sums.returning_customers },
  ]
  return (
    <Card withBorder padding="sm" component="section" aria-label={title}>
      <Title order={2} size="h6" c="dimmed">
        {title}
      </Title>
      <Earned earnings={sums.earnings} />
      <Stack component="dl" gap={2} m={0} mt={6}>
        {facts.map((fact) => (
          <Fact key={fact.title} title={fact.title}>
            {fact.value}
          </Fact>
        ))}
        <Fact title={t('Rating')}>
          <Rating mean={sums.rating} count={sums.ratings} />
        </Fact>
      </Stack>
    </Card>
  )
}

function Fact({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Text component="dt" size="sm" c="dimmed">
        {title}
      </Text>
      <Text component="dd" m={0} size="sm" className="figures">
        {children}
      </Text>
    </Group>
  )
}

/** Its earnings; nothing earned is said in the tenant's currency. */
function Earned({ earnings }: Pick<Sums, 'earnings'>) {
  const { currency } = useSession().tenant
  const earned = Object.entries(earnings)
  const shown = earned.length > 0 ? earned : [[currency, '0.00'] as const]
  return (
    <Text fz={22} fw={650} component="div">
      {shown.map(([code, amount]) => (
        <div key={code} className="figures">
          {amountText(amount, code)}
        </div>
      ))}
    </Text>
  )
}

interface RatingProps {
  mean: string | null | undefined
  count: number
}

function Rating({ mean, count }: RatingProps) {
  const { t } = useTranslation()
  if (!mean) return <span aria-hidden>–</span>
  const said = new Intl.NumberFormat(locale(), { minimumFractionDigits: 1 }).format(Number(mean))
  return (
    <span title={t('{{mean}} of 5, of {{count}} ratings', { mean: said, count })}>
      <IconStarFilled size={12} aria-hidden /> {said} ({count})
    </span>
  )
}
