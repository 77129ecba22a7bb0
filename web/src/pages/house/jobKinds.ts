import { useTranslation } from '@/i18n'

/** What a kind of job is called. */
export function useJobKinds(): (kind: string) => string {
  const { t } = useTranslation()
  const kinds: Record<string, string> = {
    bill_run: t('Daily bill run'),
    deliver: t('Mail a document'),
    letter: t('Mail a link'),
    payouts: t('Pay the agents'),
    retention: t('Forget what is old'),
  }
  return (kind) => kinds[kind] ?? kind.replaceAll('_', ' ')
}
