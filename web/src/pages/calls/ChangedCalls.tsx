import { Anchor } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'

/** The calls whose price a re-rating changes, each with both prices. */
export function ChangedCalls({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = { params: { path: { id }, query: { limit: 10 } } }
  const calls = $api.useInfiniteQuery('get', '/api/v1/reratings/{id}/calls', query, PAGES)
  const columns: Column<Schema<'ReratedCall'>>[] = [
    {
      key: 'call',
      title: t('Call'),
      // In a tab of its own: the proposal stays.
      cell: ({ call }) => (
        <Anchor href={`/calls/${call}`} target="_blank" size="xs" ff="monospace">
          {call}
        </Anchor>
      ),
    },
    {
      key: 'before',
      title: t('Price now'),
      cell: ({ before, currency }) => <Money amount={before} currency={currency} />,
      isFigure: true,
    },
    {
      key: 'after',
      title: t('New price'),
      cell: ({ after, currency }) => <Money amount={after} currency={currency} />,
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Calls whose price changes')}
      columns={columns}
      rowKey={({ call }) => call}
      expected={5}
      empty={{ title: '' }}
      {...listed(calls)}
    />
  )
}
