import { Group, SegmentedControl, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { $api } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { PresenceMark } from '@/ui/PresenceMark'

/** Whether the agent takes calls. In a call it is shown as busy, and has what it said when the call is over. */
export function PresenceSwitch({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const path = { params: { path: { id: agent } } }
  const record = $api.useQuery('get', '/api/v1/agents/{id}', path)
  const change = $api.useMutation('put', '/api/v1/agents/{id}/presence', {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/agents/{id}'] }),
    onError: (error: unknown) =>
      notifications.show({ message: error instanceof Refusal ? error.message : String(error), color: 'red' }),
  })
  const presence = record.data?.presence
  const shown = change.isPending ? change.variables.body.presence : presence
  return (
    <Group gap="sm">
      {presence === 'busy' && <PresenceMark presence="busy" />}
      <Text size="sm" id="presence">
        {t('I take calls')}
      </Text>
      <SegmentedControl
        aria-labelledby="presence"
        disabled={!record.data}
        color={shown === 'online' ? '#22713a' : undefined}
        value={shown === 'busy' ? 'online' : (shown ?? 'offline')}
        onChange={(wanted) => change.mutate({ ...path, body: { presence: wanted } })}
        data={[
          { value: 'online', label: t('online') },
          { value: 'away', label: t('away') },
          { value: 'offline', label: t('offline') },
        ]}
      />
    </Group>
  )
}
