import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import type { Column } from '@/ui/List'
import { AgentName, CustomerName } from '@/ui/names'
import { StateBadge } from '@/ui/StateBadge'

type Call = Schema<'CallDocument'>

/** The seconds of a decimal number of them, as they are charged: those begun. */
export function wholeSeconds(duration: string | null | undefined): number | undefined {
  return duration ? Math.ceil(Number(duration)) : undefined
}

/** What the history shows of each call. */
export function useCallColumns(): Column<Call>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'ended',
      title: t('Ended'),
      cell: ({ id, ended_at, recorded_at }) => (
        <Anchor component={Link} to={`/calls/${id}`}>
          <Time at={ended_at ?? recorded_at} />
        </Anchor>
      ),
    },
    {
      key: 'parties',
      title: t('Call'),
      cell: ({ from, to }) => (
        <span className="figures">
          {from} → {to}
        </span>
      ),
    },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'agent', title: t('Agent'), cell: ({ agent }) => <AgentName id={agent} /> },
    {
      key: 'state',
      title: t('State'),
      cell: (call) => <StateBadge state={call.disposition ?? call.state} />,
    },
    {
      key: 'duration',
      title: t('Duration'),
      cell: ({ duration_seconds }) => <Duration seconds={wholeSeconds(duration_seconds)} />,
      isFigure: true,
    },
    {
      key: 'price',
      title: t('Price'),
      cell: (call) => <Price call={call} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
}

/** What it costs, or that it waits for a price: never a zero by accident. */
function Price({ call: { price, state } }: { call: Call }) {
  if (!price) return state === 'unrated' ? <StateBadge state={state} /> : <span aria-hidden>–</span>
  return <Money amount={price.total} currency={price.currency} />
}
