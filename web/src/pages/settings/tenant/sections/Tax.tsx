import { Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { TaxRatesField } from '../TaxRatesField'

/** The tax on what is sold. */
export function Tax() {
  const { t } = useTranslation()
  return (
    <>
      <Text size="sm" c="dimmed">
        {t(
          'Each rate holds from its day until the next one begins. A new rate needs a new name: invoices tell rates apart by it.',
        )}
      </Text>
      <TaxRatesField />
    </>
  )
}
