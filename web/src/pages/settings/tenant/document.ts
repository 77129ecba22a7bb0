// The tenant's settings as the API writes them, and how a part of them is changed.
import type { Schema } from '@/api/client'

/** Amounts by currency. Where a currency is not named, what Tollgate ships holds; `null` is no limit. */
export type Amounts = Record<string, string | null>

export interface TaxRate {
  name: string
  /** A decimal from 0 to 1. */
  rate: string
  valid_from: string
}

/** A number that is free to call, and where calls to it go. */
export interface FreeNumber {
  number: string
  target: string | null
}

export interface Settings {
  currency: string
  time_zone: string
  /** BCP 47. */
  locale: string
  holidays: string[]
  dial_plan: {
    country: string
    international_prefixes: string[]
    trunk_prefix: string
    national_lengths: number[]
    extension_length: number
    reserved_numbers: string[]
    emergency_numbers: FreeNumber[]
    service_numbers: (string | FreeNumber)[]
  }
  tax_rates: TaxRate[]
  allowance_order: 'oldest_first' | 'expiring_first'
  number_rest_days: number
  welcome: { seconds: number; expires_after_days: number | null }
  longest_call_seconds: number
  /** What calls to outside show whose line has no number there. */
  outside_number: string | null
  charging: {
    slice_seconds: number
    pending_seconds: number
    longest_call_seconds: number
    minimum_talk_seconds: number
    warn_before_seconds: [number, number]
    heartbeat_seconds: number
  }
  fraud: {
    calls_at_once: number
    tenant_calls_at_once: number | null
    set_ups_per_minute: number
    spend_per_day: Amounts
    cost_per_call: Amounts
    high_cost_per_minute: Amounts
    high_cost_calls: number
    risky_prefixes: string[]
    enabled_prefixes: string[]
    suspend_at_spend_per_day: boolean
    alert_to: string[]
  }
  billing: {
    billing_day: number
    invoice_per: 'customer' | 'line'
    from_opening_day: boolean
    proration: 'day' | 'second'
    fee_while_suspended: boolean
    due_days: number
    suspension_threshold: number
    empty_invoices: boolean
    remind_before_days: number | null
    remind_after_days: number[]
    einvoice: 'off' | 'factur_x'
    prefixes: { invoice: string; credit_note: string; receipt: string; payout: string }
  }
  earnings: { hold_days: number; minimum: Record<string, string>; period: 'weekly' | 'monthly' }
  seller: {
    legal_name: string | null
    address: {
      street: string | null
      postal_code: string | null
      city: string | null
      country: string | null
      country_code?: string | null
    }
    tax_id: string | null
    registration: string | null
    email: string | null
    phone: string | null
    bank: { holder: string | null; name: string | null; iban: string | null; bic: string | null }
    payment_note: string | null
  }
  recordings: {
    voicemail_days: number
    recording_days: number
    record_calls: 'none' | 'agents' | 'all'
    announce_recording: boolean
  }
  low_balance: Record<string, string>
  top_up_amounts: Record<string, string[]>
  automatic_top_up: { offered: boolean; most_per_day: number }
  bank_csv: {
    date: string | null
    amount: string | null
    payer: string | null
    account: string | null
    currency: string | null
    text: string[]
    date_order: 'ymd' | 'dmy' | 'mdy'
    decimal_mark: 'point' | 'comma'
  }
  paid_calls: {
    press_1: boolean
    shown_number: string | null
    price_audio: string | null
    agent_audio: string | null
  }
  embed: { origins: string[] }
  sms: { number: string | null; conversation_numbers: string[] }
}

export type Tenant = Schema<'TenantDocument'>

/** What a form of settings holds: all of them, and the name beside them. A section shows a part. */
export type Values = Settings & { name: string }

export function valuesOf({ name, settings }: Tenant): Values {
  return { ...(settings as unknown as Settings), name }
}

/** The emergency numbers that nobody answers: calls to them lead nowhere. */
export function untargeted(tenant: Tenant): string[] {
  const { emergency_numbers } = valuesOf(tenant).dial_plan
  return emergency_numbers.filter(({ target }) => !target).map(({ number }) => number)
}

type Json = unknown

const isRecord = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What is there with what was edited, and nothing else changed: what somebody else has changed meanwhile, and settings that this page
 * does not know, stay as they are.
 */
export function edited(there: Json, before: Json, after: Json): Json {
  if (JSON.stringify(before) === JSON.stringify(after)) return there
  if (!isRecord(there) || !isRecord(before) || !isRecord(after)) return after
  const changed = { ...there }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key in after) changed[key] = edited(there[key], before[key], after[key])
    else delete changed[key]
  }
  return changed
}

/** The body that changes the tenant by what was edited. */
export function editOf(there: Tenant, before: Values, after: Values): Schema<'TenantEdit'> {
  const { name, ...settings } = edited(valuesOf(there), before, after) as Values
  return { name, settings: settings as unknown as Schema<'TenantEdit'>['settings'] }
}
