import { Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration } from '@/format/time'
import { locale, useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Failure } from '@/ui/states'

type Sums = Schema<'SumsDocument'>

/** What an agent has earned today, this week and this month, as it goes. */
export function Figures({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const figures = $api.useQuery('get', '/api/v1/agents/{id}/figures', { params: { path: { id: agent } } })
  if (figures.error) return <Failure error={figures.error} again={() => figures.refetch()} />
  const { today, week, month } = figures.data ?? {}
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      <Sum title={t('Today')} sums={today} />
      <Sum title={t('This week')} sums={week} />
      <Sum title={t('This month')} sums={month} />
    </SimpleGrid>
  )
}

function Sum({ title, sums }: { title: string; sums: Sums | undefined }) {
  const { t } = useTranslation()
  const { currency } = useSession().tenant
  if (!sums) return <Skeleton height={116} />
  const earnings = Object.entries(sums.earnings as Record<string, string>)
  return (
    <Card withBorder padding="md">
      <Stack gap={4}>
        <Title order={2} size="h5" c="dimmed" fw={500}>
          {title}
        </Title>
        {(earnings.length > 0 ? earnings : [[currency, '0.00'] as const]).map(([currency, amount]) => (
          <Text key={currency} fz={28} fw={650} lh={1.2} className="figures">
            <Money amount={amount} currency={currency} />
          </Text>
        ))}
        <Group gap={4} justify="space-between">
          <Text size="sm" c="dimmed">
            {t('{{count}} calls', {
              count: sums.calls,
              defaultValue_one: '{{count}} call',
              defaultValue_other: '{{count}} calls',
            })}
          </Text>
          <Text size="sm" c="dimmed">
            <Duration seconds={sums.talk_seconds} /> {t('talked')}
          </Text>
        </Group>
        {(sums.messages > 0 || sums.rating) && (
          <Group gap={4} justify="space-between">
            <Text size="sm" c="dimmed">
              {t('{{count}} messages', {
                count: sums.messages,
                defaultValue_one: '{{count}} message',
                defaultValue_other: '{{count}} messages',
              })}
            </Text>
            {sums.rating && (
              <Text size="sm" c="dimmed" className="figures">
                {t('{{stars}} of 5 stars', { stars: starsText(sums.rating) })}
              </Text>
            )}
          </Group>
        )}
        {sums.returning_customers > 0 && (
          <Text size="sm" c="dimmed">
            {t('{{count}} customers came back', {
              count: sums.returning_customers,
              defaultValue_one: '{{count}} customer came back',
              defaultValue_other: '{{count}} customers came back',
            })}
          </Text>
        )}
      </Stack>
    </Card>
  )
}

function starsText(mean: string): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: 1 }).format(
    mean as Intl.StringNumericLiteral,
  )
}
