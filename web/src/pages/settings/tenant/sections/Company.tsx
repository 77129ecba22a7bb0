import { SimpleGrid, Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { TextField } from '../fields'

/** Who the tenant is, as its documents say it. */
export function Company() {
  const { t } = useTranslation()
  return (
    <>
      <TextField at="name" label={t('Name')} help={t('What customers and users see.')} />
      <TextField
        at="seller.legal_name"
        label={t('Legal name')}
        help={t('On invoices; the name above, where there is none.')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextField at="seller.address.street" label={t('Street and house')} />
        <TextField at="seller.address.postal_code" label={t('Postal code')} />
        <TextField at="seller.address.city" label={t('Town')} />
        <TextField at="seller.address.country" label={t('Country')} />
        <TextField
          at="seller.address.country_code"
          label={t('Two-letter country code')}
          help={t('Two letters, such as GB: electronic invoices need them.')}
          width={240}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextField at="seller.tax_id" label={t('Tax id')} help={t('The number at the tax office.')} />
        <TextField
          at="seller.registration"
          label={t('Registration')}
          help={t('In which register, and its number there.')}
        />
        <TextField
          at="seller.email"
          label={t('E-mail')}
          help={t('Where questions about invoices go.')}
          type="email"
        />
        <TextField
          at="seller.phone"
          label={t('Phone')}
          help={t('Where to call with questions.')}
          type="tel"
        />
      </SimpleGrid>
      <Title order={3} size="h4" mt="xs">
        {t('Where customers pay to')}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextField at="seller.bank.name" label={t('Bank')} />
        <TextField at="seller.bank.holder" label={t('Account holder')} />
        <TextField at="seller.bank.iban" label={t('IBAN')} />
        <TextField at="seller.bank.bic" label={t('BIC')} />
      </SimpleGrid>
      <TextField
        at="seller.payment_note"
        label={t('Payment note')}
        help={t('What else invoices say about paying, in one line.')}
      />
    </>
  )
}
