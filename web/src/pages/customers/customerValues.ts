import type { Schema } from '@/api/client'
import { filled } from './filled'

/** What is entered about a customer, in fields named as in the API's body. */
export interface CustomerValues {
  organisation: string
  first_name: string
  last_name: string
  email: string
  phone: string
  address: { street: string; postal_code: string; city: string; country: string; country_code: string }
  language: string
  tax_rule: { kind: string; text: string }
  tax_id: string
  billing_day: string
  external_reference: string
  state: string
  mode: string
  currency: string
  credit_limit: string
}

export function valuesOf(customer?: Schema<'CustomerDocument'>): CustomerValues {
  const rule = customer?.tax_rule as { kind?: string; text?: string } | undefined
  const { street, postal_code, city, country, country_code } = customer?.address ?? {}
  return {
    organisation: customer?.organisation ?? '',
    first_name: customer?.first_name ?? '',
    last_name: customer?.last_name ?? '',
    email: customer?.email ?? '',
    phone: customer?.phone ?? '',
    address: {
      street: street ?? '',
      postal_code: postal_code ?? '',
      city: city ?? '',
      country: country ?? '',
      country_code: country_code ?? '',
    },
    language: customer?.language ?? '',
    tax_rule: { kind: rule?.kind ?? 'standard', text: rule?.text ?? '' },
    tax_id: customer?.tax_id ?? '',
    billing_day: customer?.billing_day?.toString() ?? '',
    external_reference: customer?.external_reference ?? '',
    state: customer?.state ?? 'active',
    mode: customer?.mode ?? 'postpaid',
    currency: '',
    credit_limit: '',
  }
}

/** What new and changed customers have in common, as the API takes it. */
export function detailsOf(values: CustomerValues) {
  const { tax_rule, address } = values
  const rule = tax_rule.kind === 'standard' ? { kind: 'standard' } : tax_rule
  return {
    organisation: filled(values.organisation),
    first_name: filled(values.first_name),
    last_name: filled(values.last_name),
    email: filled(values.email),
    phone: filled(values.phone),
    address: {
      street: filled(address.street),
      postal_code: filled(address.postal_code),
      city: filled(address.city),
      country: filled(address.country),
      country_code: filled(address.country_code),
    },
    language: filled(values.language),
    // The document of the API leaves open what a tax rule holds.
    tax_rule: rule as unknown as Record<string, never>,
    tax_id: filled(values.tax_id),
    billing_day: values.billing_day ? Number(values.billing_day) : null,
    external_reference: filled(values.external_reference),
  }
}
