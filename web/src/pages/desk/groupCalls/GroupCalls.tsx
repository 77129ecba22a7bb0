import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { durationText, timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { NoteForm } from '@/pages/groups/calls/NoteForm'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { TransferForm } from './TransferForm'

export type OwnGroupCall = Schema<'OwnGroupCallDocument'>

/** How often the calls are asked for, in milliseconds: no hint tells of one. */
const AGAIN = 5000

const MOST = 5

/** The calls to groups that an agent took last: one that runs it can pass on, and note what came of each. Nothing, where there is none. */
export function GroupCalls({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const calls = $api.useQuery(
    'get',
    '/api/v1/agents/{id}/group-calls',
    { params: { path: { id: agent } } },
    { refetchInterval: AGAIN },
  )
  const latest = calls.data?.items.slice(0, MOST)
  if (!latest?.length) return null
  const title = t('My calls for groups')
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Card withBorder padding="sm">
        <Stack gap="sm" role="list" aria-label={title}>
          {latest.map((call) => (
            <OwnCall key={call.id} call={call} agent={agent} again={() => void calls.refetch()} />
          ))}
        </Stack>
      </Card>
    </Stack>
  )
}

interface OwnCallProps {
  call: OwnGroupCall
  agent: string
  again: () => void
}

function OwnCall({ call, agent, again }: OwnCallProps) {
  const { t } = useTranslation()
  const { time_zone: here } = useSession().tenant
  const { group_name: group, answered_at, ended_at, outcome, note } = call
  const at = timeText(answered_at ?? call.called_at, here)
  return (
    <Group justify="space-between" gap="xs" align="flex-start" role="listitem">
      <div>
        <Group gap={8}>
          <Text size="sm" fw={600}>
            {group}
          </Text>
          {!ended_at && (
            <Badge variant="light" color="green">
              {t('now')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" className="figures">
          {ended_at && answered_at ? `${at} · ${durationText(secondsBetween(answered_at, ended_at))}` : at}
        </Text>
        {(outcome || note) && (
          <Text size="sm" lineClamp={2}>
            {[outcome, note].filter(Boolean).join(': ')}
          </Text>
        )}
      </div>
      <Group gap="xs">
        {!ended_at && (
          <DialogButton
            label={t('Pass on')}
            title={t('Pass the call on')}
            aria-label={t('Pass on the call for {{group}}', { group })}
            size="xs"
          >
            {(close) => <TransferForm agent={agent} call={call.id} close={close} done={again} />}
          </DialogButton>
        )}
        <DialogButton
          label={t('Note')}
          title={t('What came of the call')}
          aria-label={t('Note something of the call for {{group}} at {{at}}', { group, at })}
          variant="default"
          size="xs"
        >
          {(close) => <NoteForm call={call} of={agent} reload={again} close={close} />}
        </DialogButton>
      </Group>
    </Group>
  )
}

function secondsBetween(from: string, until: string): number {
  return Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / 1000))
}
