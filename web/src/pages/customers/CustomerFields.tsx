import { Fieldset, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useState } from 'react'
import { LANGUAGES, useTranslation } from '@/i18n'
import type { CustomerValues } from './customerValues'

interface FieldsProps {
  form: UseFormReturnType<CustomerValues>
}

/** Who a customer is and how it is billed: the fields of a new one and of one that is changed. */
export function CustomerFields({ form }: FieldsProps) {
  return (
    <Stack gap="sm">
      <Who form={form} />
      <Address form={form} />
      <Billing form={form} />
    </Stack>
  )
}

function useText(form: UseFormReturnType<CustomerValues>) {
  return (path: string, label: string) => (
    <TextInput label={label} key={form.key(path)} {...form.getInputProps(path)} />
  )
}

function Who({ form }: FieldsProps) {
  const { t } = useTranslation()
  const text = useText(form)
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {text('first_name', t('First name'))}
        {text('last_name', t('Last name'))}
      </SimpleGrid>
      {text('organisation', t('Organisation'))}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {text('email', t('E-mail'))}
        {text('phone', t('Phone'))}
      </SimpleGrid>
    </>
  )
}

function Address({ form }: FieldsProps) {
  const { t } = useTranslation()
  const text = useText(form)
  return (
    <Fieldset legend={t('Postal address')} p="sm">
      <Stack gap="sm">
        {text('address.street', t('Street'))}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {text('address.postal_code', t('Postal code'))}
          {text('address.city', t('City'))}
          {text('address.country', t('Country'))}
          {text('address.country_code', t('Country code (for e-invoices)'))}
        </SimpleGrid>
      </Stack>
    </Fieldset>
  )
}

function Billing({ form }: FieldsProps) {
  const { t } = useTranslation()
  const text = useText(form)
  const [taxKind, setTaxKind] = useState(form.getValues().tax_rule.kind)
  form.watch('tax_rule.kind', ({ value }) => setTaxKind(String(value)))
  const select = (path: string, label: string, data: { value: string; label: string }[]) => (
    <Select
      label={label}
      data={data}
      allowDeselect={false}
      key={form.key(path)}
      {...form.getInputProps(path)}
    />
  )
  const days = Array.from({ length: 31 }, (_, day) => ({ value: `${day + 1}`, label: `${day + 1}` }))
  const usual = { value: '', label: t('As the house') }
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))
  return (
    <Fieldset legend={t('Invoices')} p="sm">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {select('tax_rule.kind', t('Tax'), [
            { value: 'standard', label: t('as usual') },
            { value: 'exempt', label: t('exempt') },
            { value: 'reverse_charge', label: t('reverse charge') },
          ])}
          {text('tax_id', t('Tax number'))}
        </SimpleGrid>
        {taxKind !== 'standard' && text('tax_rule.text', t('What the invoice says about it'))}
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          {select('language', t('Language'), [usual, ...languages])}
          {select('billing_day', t('Billing day'), [usual, ...days])}
          {text('external_reference', t('Reference'))}
        </SimpleGrid>
      </Stack>
    </Fieldset>
  )
}
