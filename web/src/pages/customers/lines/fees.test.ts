import { expect, test } from 'vitest'
import { changed, fullPeriod, periodOf, subscriptionsOf, type Versions } from './fees'

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

test('a period begins on the billing day, or on the last day of a month that is shorter', () => {
  expect(periodOf('2026-02-10', 1)).toEqual({ from: '2026-02-01', to: '2026-03-01' })
  expect(periodOf('2026-02-10', 31)).toEqual({ from: '2026-01-31', to: '2026-02-28' })
  expect(periodOf('2026-12-31', 31)).toEqual({ from: '2026-12-31', to: '2027-01-31' })
})

// As the program has it.
test.each([
  ['2026-01-01', '2026-02-01', 1, '2026-01-01', '2026-02-01'],
  ['2026-01-15', '2026-02-01', 1, '2026-01-01', '2026-02-01'],
  ['2026-02-10', '2026-02-28', 31, '2026-01-31', '2026-02-28'],
  ['2026-01-30', '2026-02-28', 28, '2026-01-28', '2026-02-28'],
  ['2026-01-01', '2026-02-01', 15, '2026-01-01', '2026-02-01'],
  ['2026-01-20', '2026-02-01', 15, '2026-01-01', '2026-02-01'],
  ['2026-02-01', '2026-02-15', 15, '2026-01-15', '2026-02-15'],
])('a full fee pays for all of the period that ends with %s to %s', (from, to, day, fullFrom, fullTo) => {
  expect(fullPeriod({ from, to }, day)).toEqual({ from: fullFrom, to: fullTo })
})
