import { useTranslation } from '@/i18n'
import { CountField, TagsField, TextField } from '../fields'

/** How dialled numbers are read. */
export function DialPlan() {
  const { t } = useTranslation()
  return (
    <>
      <TextField
        at="dial_plan.country"
        label={t('Country code')}
        help={t('Numbers without one belong to this country, such as 44 or 1.')}
        width={160}
      />
      <TagsField
        at="dial_plan.international_prefixes"
        label={t('International prefixes')}
        help={t('Dialled before the code of another country, such as 00 or 011.')}
      />
      <TextField
        at="dial_plan.trunk_prefix"
        label={t('Trunk prefix')}
        help={t('Dialled before a national number, such as 0; empty where there is none.')}
        width={160}
      />
      <TagsField
        at="dial_plan.national_lengths"
        label={t('Digits of a national number')}
        help={t('Without the trunk prefix; several, where they differ.')}
        areNumbers
      />
      <CountField
        at="dial_plan.extension_length"
        label={t('Digits of an extension')}
        help={t('How long the number of a new line is, 2 to 6.')}
        unit={t('digits')}
        min={2}
        max={6}
      />
      <TagsField
        at="dial_plan.reserved_numbers"
        label={t('Reserved numbers')}
        help={t('No line may have one of them.')}
      />
      <TextField
        at="outside_number"
        label={t('Number that calls outside show')}
        help={t('Where a line has no number outside of its own. Empty: then its calls show no number.')}
        type="tel"
        width={240}
      />
      <CountField
        at="number_rest_days"
        label={t('Numbers rest')}
        help={t('So long after a line is closed no other line gets its number.')}
        unit={t('days')}
      />
    </>
  )
}
