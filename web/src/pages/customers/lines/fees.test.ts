import { expect, test } from 'vitest'
import { changed, periodByDay, subscriptionsOf, type Versions } from './fees'

const version = (name: string, monthly_fee: string, effective_at: string) => ({
  id: name,
  number: 1,
  effective_at,
  created_at: effective_at,
  document: { name, monthly_fee } as never,
})

const VERSIONS: Versions = new Map([
  ['a', [version('A', '9.99', '1970-01-01T00:00:00Z'), version('A+', '10.99', '2026-01-10T00:00:00Z')]],
  ['b', [version('B', '12.99', '2026-01-01T00:00:00Z')]],
])

test('each version of each plan is a subscription of its own, up to the next', () => {
  const plans = changed([{ plan: 'a', from: '2025-06-01T00:00:00Z' }], 'b', '2026-01-16T09:00:00Z')
  expect(subscriptionsOf(plans, VERSIONS)).toEqual([
    { name: 'A', monthly_fee: '9.99', from: '2025-06-01T00:00:00Z', to: '2026-01-10T00:00:00Z' },
    { name: 'A+', monthly_fee: '10.99', from: '2026-01-10T00:00:00Z', to: '2026-01-16T09:00:00Z' },
    { name: 'B', monthly_fee: '12.99', from: '2026-01-16T09:00:00Z', to: null },
  ])
})

test('a version that is replaced before the plan is taken counts for nothing', () => {
  const plans = [{ plan: 'a', from: '2026-02-01T00:00:00Z' }]
  expect(subscriptionsOf(plans, VERSIONS)).toEqual([
    { name: 'A+', monthly_fee: '10.99', from: '2026-02-01T00:00:00Z', to: null },
  ])
})

test('a later change takes the place of one at the same instant', () => {
  const plans = changed([{ plan: 'a', from: '2026-02-01T00:00:00Z' }], 'b', '2026-02-01T00:00:00Z')
  expect(plans).toEqual([{ plan: 'b', from: '2026-02-01T00:00:00Z' }])
})

test('the running period holds today and ends a month later', () => {
  const billing = {
    billing_day: 31,
    proration: 'day',
    fee_while_suspended: false,
    from_opening_day: false,
    invoice_per: 'customer',
  }
  const line = { opened_at: '2025-01-01T00:00:00Z' } as never
  const { from, to } = periodByDay(line, { billing_day: null }, { time_zone: 'UTC', billing })
  const today = new Date().toISOString().slice(0, 10)
  expect(from <= today && today < to).toBe(true)
})
