// Where a customer's timeline comes from.
import { fetchClient, type Schema } from '@/api/client'
import type { Kind, LineMoment, TimelineEvent } from './events'
import type { Source } from './merge'

type EventSource = Source<TimelineEvent>
type Line = Schema<'LineDocument'>

interface Subject {
  customer: string
  lines: Line[]
  conversations: Schema<'ConversationDocument'>[]
}

/** With whom a customer writes. */
export async function conversationsOf(customer: string): Promise<Subject['conversations']> {
  const params = { query: { customer, limit: 500 } }
  const { data } = await fetchClient.GET('/api/v1/conversations', { params })
  return data?.items ?? []
}

/** A part of a list, as events. */
function events<Row>(
  page: { items: Row[]; next_cursor?: string | null } | undefined,
  toEvent: (row: Row) => TimelineEvent,
) {
  return { items: page?.items.map(toEvent) ?? [], next_cursor: page?.next_cursor }
}

/** The lists that the timeline is merged from, for these kinds of events. */
export function sourcesOf(
  { customer, lines, conversations }: Subject,
  kinds: readonly Kind[],
): EventSource[] {
  const all: Record<Kind, () => EventSource[]> = {
    calls: () => [calls(customer)],
    invoices: () => [invoices(customer), creditNotes(customer)],
    payments: () => [payments(customer), reversals(customer)],
    credits: () => [credits(customer)],
    lines: () => [ofLines(lines)],
    messages: () => conversations.map(messages),
    changes: () => [changes(customer)],
  }
  return kinds.flatMap((kind) => all[kind]())
}

function calls(id: string): EventSource {
  return {
    name: 'calls',
    read: async (cursor) => {
      const params = { path: { id }, query: { cursor, limit: 50 } }
      const { data } = await fetchClient.GET('/api/v1/customers/{id}/calls', { params })
      return events(data, (call) => ({
        kind: 'calls',
        key: call.id,
        at: call.ended_at ?? call.recorded_at,
        call,
      }))
    },
  }
}

const ofPaper = (paper: Schema<'PaperDocument'>): TimelineEvent => ({
  kind: 'invoices',
  key: paper.id ?? '',
  at: paper.issued_at ?? '',
  paper,
})

function invoices(customer: string): EventSource {
  return {
    name: 'invoices',
    read: async (cursor) => {
      const params = { query: { customer, cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/invoices', { params })
      return events(data, ofPaper)
    },
  }
}

function creditNotes(customer: string): EventSource {
  return {
    name: 'credit notes',
    read: async (cursor) => {
      const params = { query: { customer, cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/credit-notes', { params })
      return events(data, ofPaper)
    },
  }
}

function payments(id: string): EventSource {
  return {
    name: 'payments',
    read: async (cursor) => {
      const params = { path: { id }, query: { cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/customers/{id}/payments', { params })
      return events(data, (payment) => ({
        kind: 'payments',
        key: payment.id,
        at: payment.received_at,
        payment,
      }))
    },
  }
}

function reversals(customer: string): EventSource {
  return {
    name: 'reversals',
    read: async (cursor) => {
      const params = { query: { customer, cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/reversals', { params })
      return events(data, (reversal) => ({
        kind: 'reversals',
        key: reversal.id,
        at: reversal.made_at,
        reversal,
      }))
    },
  }
}

function credits(customer: string): EventSource {
  return {
    name: 'credits',
    read: async (cursor) => {
      const params = { query: { customer, cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/credits', { params })
      return events(data, (credit) => ({ kind: 'credits', key: credit.id, at: credit.created_at, credit }))
    },
  }
}

function messages(conversation: Schema<'ConversationDocument'>): EventSource {
  const { id, last_at, agent_name } = conversation
  return {
    name: id,
    newestAt: last_at,
    read: async (cursor) => {
      const params = { path: { id }, query: { cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/conversations/{id}/messages', { params })
      return events(data, (message) => ({
        kind: 'messages',
        key: message.id,
        at: message.created_at,
        message,
        agent: agent_name,
      }))
    },
  }
}

function changes(subject: string): EventSource {
  return {
    name: 'changes',
    read: async (cursor) => {
      const params = { query: { subject, cursor, limit: 20 } }
      const { data } = await fetchClient.GET('/api/v1/audit', { params })
      return events(data, (change) => ({ kind: 'changes', key: change.id, at: change.at, change }))
    },
  }
}

/** What happened to the lines is in their own records, at the instants at which it took effect. */
function ofLines(lines: Line[]): EventSource {
  const items = lines.flatMap(momentsOf).sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
  return { name: 'lines', read: async () => ({ items }) }
}

function momentsOf(line: Line): TimelineEvent[] {
  const event = (at: string, what: LineMoment['what'], more: Partial<LineMoment> = {}): TimelineEvent => ({
    kind: 'lines',
    key: [line.id, what, at, more.reason].join(),
    at,
    moment: { line: line.id, number: line.number, what, ...more },
  })
  const [first, ...later] = line.plans
  return [
    event(line.opened_at, 'opened', { plan: first?.plan }),
    ...later.map(({ plan, from }) => event(from, 'plan', { plan })),
    ...line.suspensions.flatMap(({ reason, note, from, to }) => [
      event(from, 'suspended', { reason, note }),
      ...(to ? [event(to, 'lifted', { reason })] : []),
    ]),
    ...(line.closed_at ? [event(line.closed_at, 'closed')] : []),
  ]
}
