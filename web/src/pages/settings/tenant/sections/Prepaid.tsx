import { useTranslation } from '@/i18n'
import { AmountsField } from '../AmountsField'
import { CountField, SwitchField, TagsField } from '../fields'
import { useSettings } from '../SectionForm'

/** When prepaid customers are told that little is left, and what they are offered to add. */
export function Prepaid() {
  const { t } = useTranslation()
  const { currency } = useSettings().getValues()
  return (
    <>
      <AmountsField
        at="low_balance"
        label={t('Low balance')}
        help={t(
          'A prepaid customer is told when the balance falls below it; nobody is told in currencies without one.',
        )}
      />
      <TagsField
        at={`top_up_amounts.${currency}`}
        label={t('Amounts offered for a top-up, {{currency}}', { currency })}
        help={t('Who pays on the page of a payment provider chooses one of them, or enters another.')}
        placeholder="20.00"
      />
      <SwitchField
        at="automatic_top_up.offered"
        label={t('Offer automatic top-ups')}
        help={t(
          'Prepaid customers may let the payment provider keep their card, which is charged when the balance falls below what they set.',
        )}
      />
      <CountField
        at="automatic_top_up.most_per_day"
        label={t('Charges at most')}
        help={t('So often a card is charged within 24 hours, whatever is spent.')}
        unit={t('a day')}
        min={1}
        max={20}
      />
    </>
  )
}
