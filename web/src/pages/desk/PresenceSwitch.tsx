import { Group, Text } from '@mantine/core'
import { useId } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { PresenceControl } from '@/pages/agents/PresenceControl'
import { PresenceMark } from '@/ui/PresenceMark'

/** Whether the agent whose desk it is takes calls. In a call it is shown as busy, and has what it said when the call is over. */
export function PresenceSwitch({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const label = useId()
  const record = $api.useQuery('get', '/api/v1/agents/{id}', { params: { path: { id: agent } } })
  const presence = record.data?.presence
  return (
    <Group gap="sm">
      {presence === 'busy' && <PresenceMark presence="busy" />}
      <Text size="sm" id={label}>
        {t('I take calls')}
      </Text>
      <PresenceControl agent={agent} presence={presence} size="sm" labelledBy={label} />
    </Group>
  )
}
