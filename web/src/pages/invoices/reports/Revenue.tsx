import { Text } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { figure, Report } from './Report'

/** Revenue and tax, month by month. */
export function Revenue() {
  const { t } = useTranslation()
  const revenue = $api.useQuery('get', '/api/v1/reports/revenue')
  const kinds: Record<string, string> = {
    calls: t('Calls'),
    messages: t('Messages'),
    fees: t('Fees and items'),
    services: t('Services'),
    tax: t('Tax on invoices and in fees'),
    corrections: t('Credit notes and refunds'),
    rounding: t('Rounding'),
    other: t('Other'),
  }
  type Row = Schema<'RevenueRow'>
  const columns: Column<Row>[] = [
    { key: 'month', title: t('Month'), cell: ({ month }) => month },
    { key: 'kind', title: t('Of what'), cell: ({ kind }) => kinds[kind] ?? kind },
    figure<Row>('net', t('Net'), ({ net }) => net),
    figure<Row>('tax', t('Tax'), ({ tax }) => tax),
  ]
  return (
    <Report title={t('Revenue and tax by month')} file="/api/v1/reports/revenue.csv">
      <Text size="sm" c="dimmed">
        {t('The last twelve whole months and this. What is billed counts in the month of its invoice.')}
      </Text>
      <List
        label={t('Revenue and tax by month')}
        columns={columns}
        rowKey={({ month, currency, kind }) => `${month} ${currency} ${kind}`}
        rows={revenue.data?.items.toReversed()}
        error={revenue.error}
        again={() => void revenue.refetch()}
        empty={{ title: t('Nothing was earned yet.') }}
      />
    </Report>
  )
}
