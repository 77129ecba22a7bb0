import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'

/** A line's finished calls. */
export function LineCalls({ id }: { id: string }) {
  const { t } = useTranslation()
  const calls = $api.useInfiniteQuery(
    'get',
    '/api/v1/lines/{id}/calls',
    { params: { path: { id }, query: { limit: 50 } } },
    PAGES,
  )
  const columns: Column<Schema<'CallDocument'>>[] = [
    {
      key: 'ended',
      title: t('Ended'),
      cell: (call) => (
        <Anchor component={Link} to={`/calls/${call.id}`}>
          <Time at={call.ended_at ?? call.recorded_at} />
        </Anchor>
      ),
    },
    {
      key: 'with',
      title: t('With'),
      cell: ({ direction, from, to }) => (
        <span className="figures">
          {direction === 'inbound'
            ? t('from {{number}}', { number: from })
            : t('to {{number}}', { number: to })}
        </span>
      ),
    },
    {
      key: 'state',
      title: t('State'),
      cell: ({ disposition, state }) => (
        <StateBadge state={state === 'unrated' ? state : (disposition ?? state)} />
      ),
    },
    {
      key: 'duration',
      title: t('Duration'),
      cell: ({ duration_seconds }) => (
        <Duration seconds={duration_seconds ? Math.ceil(Number(duration_seconds)) : null} />
      ),
      isFigure: true,
    },
    {
      key: 'price',
      title: t('Price'),
      cell: ({ price }) => (price ? <Money amount={price.total} currency={price.currency} /> : '–'),
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Calls')}
      columns={columns}
      rowKey={(call) => call.id}
      empty={{ title: t('There was no call yet.') }}
      {...listed(calls)}
    />
  )
}
