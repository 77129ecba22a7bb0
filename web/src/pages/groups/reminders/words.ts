// Whether somebody was told, in words.
import { t } from '@/i18n'

export function stateText(state: string): string {
  const words: Record<string, string> = {
    sent: t('told'),
    waiting: t('on its way'),
    failed: t('not reached'),
    opted_out: t('wants no reminders'),
    no_address: t('has no e-mail address'),
  }
  return words[state] ?? state
}

export function stateColor(state: string): string {
  const colors: Record<string, string> = { sent: 'green', failed: 'red', opted_out: 'gray' }
  return colors[state] ?? 'yellow'
}
