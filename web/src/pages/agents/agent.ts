// An agent as the API gives it. The document of the API leaves open what is in the details of one.
import type { Schema } from '@/api/client'
import { locale } from '@/i18n'
import type { Rate } from '@/pages/prices/document'

export interface AgentPrice {
  rate: Rate
  price_per_message: string | null
}

export interface Agent {
  id: string
  name: string
  presence: string
  created_at: string
  version: number
  phones: string[]
  email: string | null
  languages: string[]
  /** By the currency of the customer's account. */
  prices: Record<string, AgentPrice>
  /** In thousandths. */
  share: number
  time_zone: string | null
  /** What callers dial. */
  number: string | null
  /** Whether everybody may see its page. */
  public: boolean
  about: string | null
  /** Whether it is reminded of its shifts. */
  reminders: boolean
  /** Whether it is by short messages, too. */
  sms_reminders: boolean
  /** When it takes no shift. */
  blackouts: Schema<'BlackoutBody'>[]
}

export function agentOf(document: Pick<Schema<'AgentDocument'>, 'id'>): Agent {
  return document as unknown as Agent
}

/** A share in thousandths as text in per cent: 825 is `82.5%`. */
export function percentText(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(share / 1000)
}
