import type { Schema } from '@/api/client'

export const KINDS = ['calls', 'invoices', 'payments', 'credits', 'lines', 'messages', 'changes'] as const

/** What a timeline shows, as the filter names it. */
export type Kind = (typeof KINDS)[number]

/** What happened to a line: an instant of its plan history or of its suspensions. */
export interface LineMoment {
  line: string
  number: string
  what: 'opened' | 'plan' | 'suspended' | 'lifted' | 'closed'
  /** The id of the plan. */
  plan?: string
  /** Why it was suspended. */
  reason?: string
  note?: string | null
}

type Told =
  | { kind: 'calls'; call: Schema<'CallDocument'> }
  | { kind: 'invoices'; paper: Schema<'PaperDocument'> }
  | { kind: 'payments'; payment: Schema<'PaymentDocument'> }
  | { kind: 'reversals'; reversal: Schema<'ReversalDocument'> }
  | { kind: 'credits'; credit: Schema<'CreditDocument'> }
  | { kind: 'lines'; moment: LineMoment }
  | { kind: 'messages'; message: Schema<'MessageDocument'>; agent: string }
  | { kind: 'changes'; change: Schema<'ChangeDocument'> }

/** Something that happened, with its instant. */
export type TimelineEvent = { key: string; at: string } & Told
