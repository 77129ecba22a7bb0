import { Badge } from '@mantine/core'
import { IconCircle, IconCircleFilled, IconClockHour4, IconPhoneCall } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'

export type Presence = 'online' | 'busy' | 'away' | 'offline'

/** Whether an agent takes calls just now, by a mark and a word. */
export function PresenceMark({ presence }: { presence: string }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    online: t('online'),
    busy: t('in a call'),
    away: t('away'),
    offline: t('offline'),
  }
  const marks: Record<string, typeof IconCircle> = {
    online: IconCircleFilled,
    busy: IconPhoneCall,
    away: IconClockHour4,
  }
  const Mark = marks[presence] ?? IconCircle
  const colors: Record<string, string> = { online: 'green', busy: 'yellow', away: 'yellow', offline: 'gray' }
  return (
    <Badge
      variant="light"
      radius="sm"
      tt="none"
      color={colors[presence] ?? 'gray'}
      leftSection={<Mark size={10} aria-hidden />}
    >
      {words[presence] ?? presence}
    </Badge>
  )
}
