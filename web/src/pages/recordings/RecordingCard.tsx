import { Badge, Card, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { audioOf, Player } from './Player'
import { RecordingActions } from './RecordingActions'

interface RecordingCardProps {
  recording: Schema<'RecordingDocument'>
  /** Of which line it is, where that is not plain. */
  whose?: ReactNode
}

/** A recording: who speaks to whom, its player, and what can be done with it. */
export function RecordingCard({ recording, whose }: RecordingCardProps) {
  const { t } = useTranslation()
  const { id, kind, from, to, started_at, seconds, delete_at, done_at } = recording
  const who = from || t('Unknown number')
  return (
    <Card withBorder padding="sm" role="listitem">
      <Stack gap="xs">
        <Group justify="space-between" gap={6} align="baseline">
          <Group gap="xs" align="baseline">
            {!done_at && <Badge>{t('New')}</Badge>}
            <Text className="figures" fw={done_at ? 500 : 700}>
              {kind === 'call' ? `${who} → ${to}` : who}
            </Text>
            {whose && <Text size="sm">{whose}</Text>}
          </Group>
          <Text size="sm">
            <Time at={started_at} /> · <Duration seconds={seconds} />
          </Text>
        </Group>
        <Group gap="sm">
          <Player src={audioOf(id)} name={t('Recording of {{who}}', { who })} />
          <RecordingActions recording={recording} who={who} />
        </Group>
        <Text size="xs" c="dimmed">
          {kind === 'call' ? t('Recorded call') : t('Message')} · {t('kept until')}{' '}
          <Time at={delete_at} style="date" />
        </Text>
      </Stack>
    </Card>
  )
}
