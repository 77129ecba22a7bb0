import { Alert, Button, Group, Text } from '@mantine/core'
import { IconPhoneOff } from '@tabler/icons-react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { phone, usePhone } from '@/phone/phone'

/** Says to an agent who takes calls that they do not ring here while the phone is off. */
export function PhoneHint({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const now = usePhone()
  const path = { params: { path: { id: agent } } }
  const presence = $api.useQuery('get', '/api/v1/agents/{id}', path).data?.presence
  const line = $api.useQuery('get', '/api/v1/agents/{id}/phones', path).data?.items[0]
  if (presence !== 'online' || now.place !== 'off' || !line) return null
  return (
    <Alert color="yellow" icon={<IconPhoneOff />}>
      <Group gap="sm">
        <Text size="sm">
          {t(
            'You take calls, but the phone on this page is off: they ring where another phone of yours is on.',
          )}
        </Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => phone.switchOn({ id: line.line, number: line.number })}
        >
          {t('Switch the phone on')}
        </Button>
      </Group>
    </Alert>
  )
}
