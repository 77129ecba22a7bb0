import { Badge, Card, Group, Stack, Text } from '@mantine/core'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { CalledBack } from '../calls/CalledBack'
import { callerText } from '../words'
import { isTyped, type Message } from './audio'
import { Content } from './Content'
import { MessageActions } from './MessageActions'

/** A message: who has left it, what it says, and what can be done with it. */
export function MessageCard({ message }: { message: Message }) {
  const { t } = useTranslation()
  const { caller, to, started_at, seconds, delete_at, done_at } = message
  const who = callerText(caller)
  return (
    <Card withBorder padding="sm" role="listitem">
      <Stack gap="xs">
        <Group justify="space-between" gap={6} align="baseline">
          <Group gap="xs" align="baseline">
            {!done_at && <Badge>{t('New')}</Badge>}
            <Text className="figures" fw={done_at ? 500 : 700}>
              {who}
            </Text>
          </Group>
          <Text size="sm">
            <Time at={started_at} />
            {!isTyped(message) && (
              <>
                {' · '}
                <Duration seconds={seconds} />
              </>
            )}
          </Text>
        </Group>
        <Content message={message} who={who} />
        <MessageActions message={message} who={who} />
        <CalledBack back={message.called_back} />
        <Text size="xs" c="dimmed">
          {isTyped(message) ? t('Typed message') : t('Spoken message')} ·{' '}
          {t('called {{number}}', { number: to })} · {t('kept until')} <Time at={delete_at} style="date" />
        </Text>
      </Stack>
    </Card>
  )
}
