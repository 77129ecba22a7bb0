import { SimpleGrid, Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { TextField } from '../fields'

/** What the numbers of documents begin with. */
export function Documents() {
  const { t } = useTranslation()
  return (
    <>
      <Text size="sm" c="dimmed">
        {t(
          'The numbers of each kind begin with its prefix: up to 12 letters, digits, hyphens, slashes and dots. All four differ.',
        )}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" data-path="billing.prefixes">
        <TextField at="billing.prefixes.invoice" label={t('Invoices')} placeholder={t('none')} />
        <TextField at="billing.prefixes.credit_note" label={t('Credit notes')} placeholder={t('none')} />
        <TextField at="billing.prefixes.receipt" label={t('Receipts')} placeholder={t('none')} />
        <TextField at="billing.prefixes.payout" label={t('Statements of payouts')} placeholder={t('none')} />
      </SimpleGrid>
    </>
  )
}
