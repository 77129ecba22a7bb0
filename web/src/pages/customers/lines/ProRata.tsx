import { Card, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { $api, fetchClient, type Schema } from '@/api/client'
import { dayOf } from '@/format/civil'
import { Period } from '@/format/day'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import {
  billingDay,
  changed,
  type Period as Days,
  type FeeSettings,
  type Fees,
  feesOf,
  fullPeriod,
  periodOf,
  subscriptionsOf,
  type Versions,
} from './fees'

interface ProRataProps {
  line: Schema<'LineDocument'>
  customer: Schema<'CustomerDocument'>
  /** The plan that it would have. */
  plan: string
  /** From when on. */
  from: string
}

/** What a change of plan does to the fee of the running period: each plan pays for its part. */
export function ProRata(props: ProRataProps) {
  const { t } = useTranslation()
  const fees = useFees(props)
  if (fees.error) return <Failure error={fees.error} />
  if (!fees.data) return <Skeleton height={120} />
  const { period, before, after, isLater } = fees.data
  const { currency, mode } = props.customer
  return (
    <Card withBorder padding="sm" aria-live="polite">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {t('The fee of the running period')}, <Period of={period} />
        </Text>
        {isLater ? (
          <Text size="sm">{t('The change is after it: this period stays as it is.')}</Text>
        ) : (
          <Parts fees={after} currency={currency} />
        )}
        <Text size="sm" c="dimmed">
          {t('Without the change it is')} <Money amount={before.total} currency={currency} />.{' '}
          {mode === 'prepaid'
            ? t('What more or less it comes to is taken from the balance, or given back, at once.')
            : t('It is on the invoice for this period; tax comes on top.')}
        </Text>
      </Stack>
    </Card>
  )
}

function Parts({ fees, currency }: { fees: Fees; currency: string }) {
  const { t } = useTranslation()
  const part = ({ days, seconds, of }: Fees['lines'][number]) =>
    days === undefined
      ? t('{{part}} of {{of}} seconds', { part: seconds ?? 0, of })
      : t('{{part}} of {{of}} days', { part: days, of })
  return (
    <Table verticalSpacing={4} withRowBorders={false}>
      <Table.Tbody>
        {fees.lines.map((line, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same plan may be there twice
          <Table.Tr key={place}>
            <Table.Td pl={0}>{line.name}</Table.Td>
            <Table.Td className="figures">{part(line)}</Table.Td>
            <Table.Td ta="right" pr={0}>
              <Money amount={line.amount} currency={currency} />
            </Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Td pl={0} colSpan={2} fw={650}>
            {t('With the change')}
          </Table.Td>
          <Table.Td ta="right" pr={0}>
            <Money amount={fees.total} currency={currency} fw={650} />
          </Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  )
}

/** The fees of the running period with the change and without it. */
function useFees({ line, customer, plan, from }: ProRataProps) {
  const settings = $api.useQuery('get', '/api/v1/tenant').data?.settings as FeeSettings | undefined
  return useQuery({
    queryKey: ['pro-rata', '/lines', line.id, line.version, plan, from],
    queryFn: async () => {
      if (!settings) throw new Error('the settings are not read yet')
      const day = billingDay(line, customer, settings)
      const today = dayOf(new Date(), settings.time_zone)
      const period = (await running(line, customer)) ?? periodOf(today, day)
      const question = { line, currency: customer.currency, period, full: fullPeriod(period, day), settings }
      const plans = changed(line.plans, plan, from)
      const versions = await versionsOf([...new Set([...line.plans, ...plans].map((each) => each.plan))])
      const fees = (held: typeof plans) => feesOf(subscriptionsOf(held, versions), question)
      const [before, after] = await Promise.all([fees(line.plans), fees(plans)])
      return { period, before, after, isLater: dayOf(new Date(from), settings.time_zone) >= period.to }
    },
    enabled: settings !== undefined,
  })
}

/** The period that the line's next invoice is for. */
async function running(
  line: Schema<'LineDocument'>,
  customer: Schema<'CustomerDocument'>,
): Promise<Days | undefined> {
  const path = { id: customer.id }
  const { data } = await fetchClient.GET('/api/v1/customers/{id}/invoices/preview', { params: { path } })
  const paper = data?.items.find((one) => one.line === line.id) ?? data?.items.find((one) => !one.line)
  return paper?.period ?? undefined
}

async function versionsOf(plans: string[]): Promise<Versions> {
  const entries = plans.map(async (id) => {
    const params = { path: { id } }
    const { data } = await fetchClient.GET('/api/v1/plans/{id}/versions', { params })
    const versions = data?.items ?? []
    return [id, versions.toSorted((one, other) => one.number - other.number)] as const
  })
  return new Map(await Promise.all(entries))
}
