import { useTranslation } from '@/i18n'
import { AmountsField } from '../AmountsField'
import { ChoiceField, CountField } from '../fields'

/** When and how much agents are paid of what they earn. */
export function Earnings() {
  const { t } = useTranslation()
  return (
    <>
      <CountField
        at="earnings.hold_days"
        label={t('Held back for')}
        help={t('So long after a charge its part can be paid out, 0 to 365.')}
        unit={t('days')}
        max={365}
      />
      <ChoiceField
        at="earnings.period"
        label={t('Payouts are made')}
        choices={[
          { value: 'weekly', label: t('on Mondays') },
          { value: 'monthly', label: t('on the first of the month') },
        ]}
      />
      <AmountsField
        at="earnings.minimum"
        label={t('Smallest payout')}
        help={t('What is less waits for the next one.')}
      />
    </>
  )
}
