import { useTranslation } from '@/i18n'
import { FreeNumbersField } from '../FreeNumbersField'

/** Numbers that are never charged, never refused. */
export function Emergency() {
  const { t } = useTranslation()
  return (
    <>
      <FreeNumbersField
        at="dial_plan.emergency_numbers"
        label={t('Emergency numbers')}
        help={t('Free for everybody, never refused. Calls go to a line of yours or a number outside.')}
        needTarget
      />
      <FreeNumbersField
        at="dial_plan.service_numbers"
        label={t('Service numbers')}
        help={t('Free for everybody, too, such as the number that reports a fault.')}
        needTarget={false}
      />
    </>
  )
}
