import { Badge } from '@mantine/core'
import { IconPlayerPause } from '@tabler/icons-react'
import { usePausedSince } from '@/api/live'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** Says honestly that what is shown may be old. */
export function Paused() {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const since = usePausedSince()
  if (!since) return null
  return (
    <Badge color="yellow" variant="light" leftSection={<IconPlayerPause size={12} />} role="status">
      {t('Paused since {{time}}', { time: timeText(since, time_zone, 'clock') })}
    </Badge>
  )
}
