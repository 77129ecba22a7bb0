import { Text } from '@mantine/core'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ShiftTime } from '@/pages/groups/ShiftTime'
import { SwapState } from '@/pages/groups/swaps/SwapState'
import { isOpen, type Swap, since } from '@/pages/groups/swaps/swap'
import { type Column, List } from '@/ui/List'
import { Withdraw } from './Withdraw'

interface OwnSwapsProps {
  agent: string
  /** Those that the agent has offered or taken. */
  swaps: Swap[] | undefined
  error: unknown
  again: () => void
}

/** What an agent has offered and taken, and what came of it: first what is not settled. */
export function OwnSwaps({ agent, swaps, error, again }: OwnSwapsProps) {
  const { t } = useTranslation()
  const columns: Column<Swap>[] = [
    {
      key: 'when',
      title: t('Shift'),
      cell: (swap) => (
        <>
          <Text inherit>{swap.group.name}</Text>
          <ShiftTime shift={swap} isDated />
        </>
      ),
    },
    {
      key: 'state',
      title: t('State'),
      onCard: 'beside',
      cell: (swap) => <SwapState swap={swap} />,
    },
    { key: 'who', title: t('Who'), cell: (swap) => <Who agent={agent} swap={swap} /> },
    { key: 'since', title: t('Since'), cell: (swap) => <Time at={since(swap)} /> },
    {
      key: 'actions',
      title: t('What to do'),
      isFigure: true,
      cell: (swap) =>
        isOpen(swap) && swap.agent.id === agent ? <Withdraw swap={swap} /> : <span aria-hidden>–</span>,
    },
  ]
  return (
    <List
      label={t('Offered and taken')}
      columns={columns}
      rows={swaps && [...swaps].sort(openFirst)}
      rowKey={({ id }) => id}
      empty={{ title: t('You have offered and taken no shift.') }}
      error={error}
      again={again}
      expected={2}
    />
  )
}

/** First what is not settled, the next first; then what is, the last first. */
function openFirst(one: Swap, other: Swap): number {
  if (isOpen(one) !== isOpen(other)) return isOpen(one) ? -1 : 1
  return isOpen(one) ? one.from.localeCompare(other.from) : other.from.localeCompare(one.from)
}

function Who({ agent, swap }: { agent: string; swap: Swap }) {
  const { t } = useTranslation()
  const { taken_by } = swap
  if (swap.agent.id !== agent) return t('you, from {{name}}', { name: swap.agent.name })
  return <Text inherit>{taken_by ? t('{{name}}, from you', { name: taken_by.name }) : t('from you')}</Text>
}
