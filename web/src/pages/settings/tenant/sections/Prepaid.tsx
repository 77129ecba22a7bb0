import { useTranslation } from '@/i18n'
import { AmountsField } from '../AmountsField'

/** When prepaid customers are told that little is left. */
export function Prepaid() {
  const { t } = useTranslation()
  return (
    <AmountsField
      at="low_balance"
      label={t('Low balance')}
      help={t(
        'A prepaid customer is told when the balance falls below it; nobody is told in currencies without one.',
      )}
    />
  )
}
