import { Text } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Duration } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { query, useDays } from './days'
import { figure, Report } from './Report'

type Row = Schema<'DestinationRow'>

/** Whether it is known of a call what carrying it cost: nothing known is not nothing. */
const isKnown = ({ calls, unknown_cost_calls }: Row) => unknown_cost_calls < calls

/** Usage by destination, and what is left of it when the trunks are paid. */
export function Usage() {
  const { t } = useTranslation()
  const { days, fields } = useDays()
  const usage = $api.useQuery('get', '/api/v1/reports/destinations', { params: { query: days ?? {} } })
  const columns: Column<Row>[] = [
    { key: 'destination', title: t('Destination'), cell: ({ destination }) => destination },
    { key: 'calls', title: t('Calls'), cell: ({ calls }) => calls, isFigure: true },
    {
      key: 'seconds',
      title: t('Time'),
      cell: ({ seconds }) => <Duration seconds={seconds} />,
      isFigure: true,
    },
    figure<Row>('charged', t('Charged'), ({ charged }) => charged),
    figure<Row>('tax', t('Tax in it'), ({ tax }) => tax),
    figure<Row>('cost', t('Cost'), (row) => (isKnown(row) ? row.cost : null)),
    figure<Row>('margin', t('Margin'), (row) => (isKnown(row) ? row.margin : null)),
    {
      key: 'unknown',
      title: t('Cost unknown'),
      cell: ({ unknown_cost_calls }) => unknown_cost_calls,
      isFigure: true,
    },
  ]
  return (
    <Report title={t('Usage by destination')} file={`/api/v1/reports/destinations.csv${query(days)}`}>
      <Text size="sm" c="dimmed">
        {t(
          'The calls that ended in the last whole month, where no days are chosen. Cost and margin are of the calls whose cost is known.',
        )}
      </Text>
      {fields}
      <List
        label={t('Usage by destination')}
        columns={columns}
        rowKey={({ price_source, destination, currency }) => `${price_source} ${destination} ${currency}`}
        rows={usage.data?.items}
        error={usage.error}
        again={() => void usage.refetch()}
        empty={{ title: t('Nobody called in these days.') }}
      />
    </Report>
  )
}
