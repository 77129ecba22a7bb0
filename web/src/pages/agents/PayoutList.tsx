import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Period } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { AgentName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'

interface PayoutListProps {
  /** Only this agent's. */
  agent?: string
  /** Whether the agent stands in each row. */
  isNamed?: boolean
}

/** Payouts, the newest first. */
export function PayoutList({ agent, isNamed }: PayoutListProps) {
  const { t } = useTranslation()
  const payouts = $api.useInfiniteQuery(
    'get',
    '/api/v1/payouts',
    { params: { query: { agent, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Schema<'PayoutDocument'>>[] = [
    {
      key: 'number',
      title: t('Number'),
      cell: ({ id, number }) => (
        <Anchor component={Link} to={`/payouts/${id}`} className="figures">
          {number}
        </Anchor>
      ),
    },
    { key: 'agent', title: t('Agent'), cell: (payout) => <AgentName id={payout.agent} /> },
    { key: 'period', title: t('Period'), cell: ({ period }) => <Period of={period} /> },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} /> },
    {
      key: 'made',
      title: t('Date'),
      cell: ({ made_at }) => <Time at={made_at} style="date" />,
      isFigure: true,
    },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Payouts')}
      columns={columns.filter(({ key }) => isNamed || key !== 'agent')}
      rowKey={({ id }) => id}
      empty={{
        title: t('Nothing has been paid out yet.'),
        isFiltered: isNamed && Boolean(agent),
      }}
      expected={isNamed ? 8 : 3}
      {...listed(payouts)}
    />
  )
}
