import { Anchor, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { Failure } from '@/ui/states'
import type { Group } from '../group'
import { useMayChange } from '../rights'
import { ShiftTime } from '../ShiftTime'
import { Decide } from './Decide'
import { SwapState } from './SwapState'
import { isOpen, type Swap, since } from './swap'

/** A minute: nobody tells when a shift is offered or taken. */
const OFTEN = { refetchInterval: 60_000 }

function useSwaps({ id }: Pick<Group, 'id'>) {
  return $api.useQuery('get', '/api/v1/groups/{id}/swaps', { params: { path: { id } } }, OFTEN)
}

/** How many swaps wait for a coordinator. */
export function useAwaiting(group: Group): number {
  return useSwaps(group).data?.items.filter(({ awaits_approval }) => awaits_approval).length ?? 0
}

/** What the agents of a group offer each other: what waits for approval, what nobody has taken yet, and what came of the rest. */
export function SwapsTab({ group }: { group: Group }) {
  const { t } = useTranslation()
  const { when, state, from, to, time, decision } = useColumns()
  const swaps = useSwaps(group)
  const mayDecide = useMayChange()
  const all = swaps.data?.items
  if (swaps.error && !all) return <Failure error={swaps.error} again={() => void swaps.refetch()} />
  const isWaiting = (swap: Swap) => swap.awaits_approval
  const settled = all?.filter((swap) => !isOpen(swap)).reverse()
  const list = { rowKey: ({ id }: Swap) => id, expected: 2 }
  const wantsApproval = group.swaps === 'approved'
  return (
    <Stack gap="xl">
      <Text size="sm" c="dimmed" maw={640}>
        {wantsApproval
          ? t('Agents offer shifts to each other. Who takes one has it once a coordinator has approved.')
          : t('Agents offer shifts to each other. The first who takes one has it: nobody has to approve.')}
      </Text>
      {(wantsApproval || all?.some(isWaiting)) && (
        <Part title={t('Waiting for approval')}>
          <List
            {...list}
            label={t('Waiting for approval')}
            columns={[when, from, to, time, ...(mayDecide ? [decision] : [])]}
            rows={all?.filter(isWaiting)}
            empty={{ title: t('Nothing waits for approval.') }}
          />
        </Part>
      )}
      <Part title={t('Offered')}>
        <List
          {...list}
          label={t('Offered')}
          columns={[when, from, { ...to, title: t('To') }, time]}
          rows={all?.filter((swap) => swap.state === 'offered')}
          empty={{ title: t('Nobody offers a shift.') }}
        />
      </Part>
      {settled && settled.length > 0 && (
        <Part title={t('What became of others')}>
          <List
            {...list}
            label={t('What became of others')}
            columns={[when, state, from, to, time]}
            rows={settled}
            empty={{ title: '' }}
          />
        </Part>
      )}
    </Stack>
  )
}

function useColumns() {
  const { t } = useTranslation()
  return {
    when: { key: 'when', title: t('Shift'), cell: (swap) => <ShiftTime shift={swap} isDated /> },
    state: {
      key: 'state',
      title: t('State'),
      onCard: 'beside',
      cell: (swap) => <SwapState swap={swap} />,
    },
    from: { key: 'from', title: t('Offered by'), cell: ({ agent }) => <Name of={agent} /> },
    to: { key: 'to', title: t('Taken by'), cell: (swap) => <Taker swap={swap} /> },
    time: { key: 'time', title: t('Since'), cell: (swap) => <Time at={since(swap)} /> },
    decision: {
      key: 'decision',
      title: t('What to do'),
      isFigure: true,
      cell: (swap) => <Decide swap={swap} />,
    },
  } satisfies Record<string, Column<Swap>>
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  )
}

/** Who took it, or to whom it is offered. */
function Taker({ swap: { taken_by, only_for, state } }: { swap: Swap }) {
  const { t } = useTranslation()
  if (taken_by) return <Name of={taken_by} />
  if (only_for) return <Name of={only_for} />
  return state === 'offered' ? t('all of the group') : <span aria-hidden>–</span>
}

function Name({ of: { id, name } }: { of: { id: string; name: string } }) {
  return (
    <Anchor component={Link} to={`/agents/${id}`}>
      {name}
    </Anchor>
  )
}
