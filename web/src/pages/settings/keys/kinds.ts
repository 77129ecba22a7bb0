import { useTranslation } from '@/i18n'

/** What webhooks can be told of. */
export function useKinds(): { kind: string; words: string }[] {
  const { t } = useTranslation()
  return [
    { kind: 'call.ended', words: t('A call has ended') },
    { kind: 'message.received', words: t('A message has come in') },
    { kind: 'balance.low', words: t('A balance is low') },
    { kind: 'balance.topped_up', words: t('A balance was topped up') },
    { kind: 'invoice.issued', words: t('An invoice was issued') },
    { kind: 'line.suspended', words: t('A line was suspended') },
    { kind: 'line.restored', words: t('A line was restored') },
    { kind: 'payout.made', words: t('A payout was made') },
    { kind: 'fraud.alert', words: t('A limit against fraud was met') },
  ]
}
