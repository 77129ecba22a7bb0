// What is asked of the calculator, as a quote: the plan, the entry of its deck, and the agent are looked up and put in.
import { $api, fetchClient, type Schema } from '@/api/client'
import { instantOf, wallOf } from '@/format/civil'
import type { Charge, Segment } from '@/ui/Explanation'
import { type DeckEntry, type Plan, planOf, type Rate, versionAt } from '../document'
import type { Asked } from '../routes'
import { type Window, weekOf, windowAt } from '../week/week'

/** Why there is no answer. */
export type Reason = 'no_plan' | 'no_agent_price'

export interface Answer {
  plan: Plan
  /** The version of the plan that prices the call. */
  version: Schema<'PlanVersionDocument'>
  currency: string
  charge: Charge
  /** Whether an entry of the rate deck prices it: the deck is searched as it is now. */
  isDeckOfNow: boolean
}

interface House {
  time_zone: string
  holidays: string[]
  /** Numbers that cost nothing: for emergencies and services. */
  free: string[]
}

/** What of the tenant's settings has a part in a price. */
export function useHouse(timeZone: string): House | undefined {
  const { data } = $api.useQuery('get', '/api/v1/tenant', {}, { staleTime: 60_000 })
  if (!data) return undefined
  const settings = data.settings as {
    holidays?: string[]
    dial_plan?: { emergency_numbers?: { number: string }[]; service_numbers?: { number: string }[] }
  }
  const { emergency_numbers = [], service_numbers = [] } = settings.dial_plan ?? {}
  return {
    time_zone: timeZone,
    holidays: settings.holidays ?? [],
    free: [...emergency_numbers, ...service_numbers].map(({ number }) => number),
  }
}

/** Answers what a call would cost. */
export async function answer(asked: Asked, house: House): Promise<Answer | Reason | undefined> {
  const at = asked.at && instantOf(asked.at, house.time_zone)
  if (!at || !asked.seconds || !(asked.plan || asked.line)) return undefined
  const line = asked.line ? await lineOf(asked.line) : undefined
  const planId = line ? planAt(line, at) : asked.plan
  if (!planId) return 'no_plan'
  const version = await planVersion(planId, at)
  if (!version) return 'no_plan'
  const plan = planOf(version)
  const agent = asked.agent ? await agentFor(asked.agent, plan.currency, line) : undefined
  if (asked.agent && !agent) return 'no_agent_price'
  const entry = plan.deck && !agent && asked.to ? await entryFor(plan.deck, asked.to) : undefined
  if (!agent && house.free.includes(asked.to ?? '')) return free(plan, version)
  const { data } = await fetchClient.POST('/api/v1/quotes', {
    body: {
      kind: 'call',
      time_zone: house.time_zone,
      holidays: house.holidays,
      // A quote takes the entries, not the deck: the one that was found is enough.
      plan: { ...plan, deck: null },
      deck: entry ? [entry] : undefined,
      ...agent,
      call: { to: entry?.prefix ?? asked.to, answered_at: at, duration_seconds: asked.seconds },
    } as never,
  })
  const charge = explained(data as unknown as Charge, { plan, house, entry, isAgents: Boolean(agent) })
  return { plan, version, currency: plan.currency, charge, isDeckOfNow: Boolean(entry) }
}

function free(plan: Plan, version: Schema<'PlanVersionDocument'>): Answer {
  const charge: Charge = { connect_fee: '0.00', segments: [], total: '0.00', source: { kind: 'free' } }
  return { plan, version, currency: plan.currency, charge, isDeckOfNow: false }
}

async function lineOf(id: string) {
  const { data } = await fetchClient.GET('/api/v1/lines/{id}', { params: { path: { id } } })
  return data
}

function planAt({ plans }: Schema<'LineDocument'>, at: string): string | undefined {
  return plans.findLast(({ from }) => Date.parse(from) <= Date.parse(at))?.plan
}

async function planVersion(id: string, at: string) {
  const { data } = await fetchClient.GET('/api/v1/plans/{id}/versions', { params: { path: { id } } })
  return versionAt(data?.items ?? [], at)
}

async function entryFor(deck: string, number: string): Promise<DeckEntry | undefined> {
  const { data } = await fetchClient.GET('/api/v1/decks/{id}/search', {
    params: { path: { id: deck }, query: { number } },
  })
  return (data?.entry as DeckEntry | null) ?? undefined
}

/** The agent's rate, and the free seconds of the line's customer. */
async function agentFor(id: string, currency: string, line: Schema<'LineDocument'> | undefined) {
  const { data } = await fetchClient.GET('/api/v1/agents/{id}', { params: { path: { id } } })
  const { prices, share } = (data ?? {}) as { prices?: Record<string, { rate: Rate }>; share?: number }
  const price = prices?.[currency]
  if (!price) return undefined
  const allowances = line ? await allowancesOf(line.customer) : undefined
  return { agent: { id, rate: price.rate, share }, allowances }
}

async function allowancesOf(id: string) {
  const { data } = await fetchClient.GET('/api/v1/customers/{id}/allowances', { params: { path: { id } } })
  return data?.items
    .filter(({ revoked_at }) => !revoked_at)
    .map(({ id: grant, agent, granted_at, expires_at, granted_seconds, used_seconds, held_seconds }) => ({
      id: grant,
      agent,
      granted_at,
      expires_at,
      seconds: granted_seconds - used_seconds - held_seconds,
    }))
}

interface Context {
  plan: Plan
  house: House
  entry: DeckEntry | undefined
  isAgents: boolean
}

/** The answer with what it does not say itself: what priced the call, and in which discount period each segment is. */
function explained(charge: Charge, { plan, house, entry, isAgents }: Context): Charge {
  const isOfPlan = !isAgents && (!entry || entry.included)
  const { windows } = weekOf(plan.discount_periods)
  const zone = plan.time_zone ?? house.time_zone
  const holidays = plan.holidays ?? house.holidays
  const positionOf = ({ starts_at }: Segment) =>
    windows.indexOf(windowAt(windows, wallOf(starts_at, zone), holidays) as Window)
  const within = (segment: Segment): Segment => {
    const position = isOfPlan ? positionOf(segment) : -1
    return { ...segment, discount_period: position < 0 ? null : position }
  }
  const kind = isAgents ? 'agent' : entry ? 'deck' : 'plan'
  return {
    ...charge,
    source: { kind, prefix: entry?.prefix },
    covered: isOfPlan && plan.kind === 'fixed',
    segments: charge.segments.map(within),
  }
}
