import { Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { ChoiceField, TagsField, TextField } from '../fields'

/** Which column of the bank's CSV files holds what. */
export function BankCsv() {
  const { t } = useTranslation()
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('Name the columns as the file does. Statements in the format camt.053 are read without this.')}
      </Text>
      <TextField at="bank_csv.date" label={t('Column of the day')} width={320} />
      <TextField
        at="bank_csv.amount"
        label={t('Column of the amount')}
        help={t('What went out is below zero there, or empty.')}
        width={320}
      />
      <TextField at="bank_csv.payer" label={t('Column of who paid')} width={320} />
      <TextField at="bank_csv.account" label={t('Column of the account that it came from')} width={320} />
      <TagsField
        at="bank_csv.text"
        label={t('Columns of what the payer wrote')}
        help={t('Numbers of invoices are looked for there.')}
        splitChars={[',', ';']}
      />
      <TextField
        at="bank_csv.currency"
        label={t('Column of the currency')}
        help={t('Empty: all is in the currency of the company.')}
        width={320}
      />
      <ChoiceField
        at="bank_csv.date_order"
        label={t('Days are written')}
        choices={[
          { value: 'ymd', label: '2026-10-05' },
          { value: 'dmy', label: '05.10.2026' },
          { value: 'mdy', label: '10/05/2026' },
        ]}
      />
      <ChoiceField
        at="bank_csv.decimal_mark"
        label={t('Amounts are written')}
        choices={[
          { value: 'point', label: '1,234.56' },
          { value: 'comma', label: '1.234,56' },
        ]}
      />
    </>
  )
}
