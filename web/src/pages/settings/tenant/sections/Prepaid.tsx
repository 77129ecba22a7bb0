import { useTranslation } from '@/i18n'
import { AmountsField } from '../AmountsField'
import { TagsField } from '../fields'
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
    </>
  )
}
