import { Badge } from '@mantine/core'
import { useTranslation } from '@/i18n'

export type Presence = 'online' | 'busy' | 'away' | 'offline'

/** Whether an agent takes calls just now, in words and a dot. */
export function PresenceMark({ presence }: { presence: string }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    online: t('online'),
    busy: t('in a call'),
    away: t('away'),
    offline: t('offline'),
  }
  const colors: Record<string, string> = { online: 'green', busy: 'yellow', away: 'yellow', offline: 'gray' }
  return (
    <Badge variant="light" radius="sm" tt="none" color={colors[presence] ?? 'gray'}>
      {words[presence] ?? presence}
    </Badge>
  )
}
