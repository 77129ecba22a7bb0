import { useTranslation } from '@/i18n'
import type { Format } from './importOptions'

/** What files there are, and what they hold. */
export function useFormats(): { value: Format; label: string; description: string }[] {
  const { t } = useTranslation()
  return [
    {
      value: 'asterisk_csv',
      label: t('Calls from Asterisk'),
      description: t('The file that cdr_csv writes: Master.csv'),
    },
    {
      value: 'csv',
      label: t('Calls from any CSV'),
      description: t('You say which column holds what'),
    },
    {
      value: 'jsonl',
      label: t('Calls as JSON lines'),
      description: t('One call a line, with the field names of the API'),
    },
    {
      value: 'customers_csv',
      label: t('Customers'),
      description: t('Customers, their lines and opening balances; checked before anything is written'),
    },
  ]
}
