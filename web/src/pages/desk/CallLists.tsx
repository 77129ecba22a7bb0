import { Stack, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Stars } from '@/pages/portal/Rating'
import { type Column, List } from '@/ui/List'
import { StateBadge } from '@/ui/StateBadge'

type Call = Schema<'CallDocument'>

const MOST = 6

function useCalls(agent: string, disposition: string) {
  return $api.useQuery('get', '/api/v1/agents/{id}/calls', {
    params: { path: { id: agent }, query: { disposition, limit: MOST } },
  })
}

/** Calls that the agent did not answer, or whose callers gave up. */
export function Missed({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const unanswered = useCalls(agent, 'no_answer')
  const cancelled = useCalls(agent, 'cancelled')
  const columns: Column<Call>[] = [
    { key: 'from', title: t('From'), cell: ({ from }) => <span className="figures">{from}</span> },
    {
      key: 'how',
      title: t('How it went'),
      cell: (call) => <StateBadge state={call.disposition ?? 'open'} />,
    },
    {
      key: 'at',
      title: t('Time'),
      isFigure: true,
      cell: (call) => <Time at={call.started_at ?? call.ended_at} />,
    },
  ]
  const isThere = unanswered.data && cancelled.data
  const rows = [...(unanswered.data?.items ?? []), ...(cancelled.data?.items ?? [])]
    .sort((one, other) => (other.ended_at ?? '').localeCompare(one.ended_at ?? ''))
    .slice(0, MOST)
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Missed calls')}
      </Title>
      <List
        label={t('Missed calls')}
        columns={columns}
        rows={isThere ? rows : undefined}
        rowKey={({ id }) => id}
        error={unanswered.error ?? cancelled.error}
        empty={{ title: t('You missed nobody.') }}
        expected={2}
      />
    </Stack>
  )
}

/** The calls that the agent has answered last, with what each brought. */
export function Answered({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const calls = useCalls(agent, 'answered')
  const columns: Column<Call>[] = [
    { key: 'from', title: t('From'), cell: ({ from }) => <span className="figures">{from}</span> },
    { key: 'at', title: t('Time'), cell: ({ started_at, ended_at }) => <Time at={started_at ?? ended_at} /> },
    {
      key: 'rating',
      title: t('Rating'),
      cell: ({ rating }) => (rating ? <Stars stars={rating.stars} /> : '–'),
    },
    {
      key: 'duration',
      title: t('Duration'),
      isFigure: true,
      cell: ({ duration_seconds }) => <Duration seconds={Math.ceil(Number(duration_seconds ?? 0))} />,
    },
    {
      key: 'earned',
      title: t('Earned'),
      isFigure: true,
      cell: ({ price }) => <Money amount={price?.agent_part} currency={price?.currency ?? 'USD'} />,
    },
  ]
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Answered calls')}
      </Title>
      <List
        label={t('Answered calls')}
        columns={columns}
        rows={calls.data?.items}
        rowKey={({ id }) => id}
        error={calls.error}
        again={() => void calls.refetch()}
        empty={{ title: t('You have answered no calls yet.') }}
        expected={4}
      />
    </Stack>
  )
}
