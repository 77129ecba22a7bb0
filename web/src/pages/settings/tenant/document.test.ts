import { expect, test } from 'vitest'
import { edited } from './document'

test('only what was edited is changed', () => {
  const before = { billing: { due_days: 14, billing_day: 1 }, holidays: ['2026-12-25'] }
  const after = { billing: { due_days: 30, billing_day: 1 }, holidays: ['2026-12-25'] }
  const there = { billing: { due_days: 7, billing_day: 5, later: 'x' }, holidays: [], embed: { origins: [] } }
  expect(edited(there, before, after)).toEqual({
    billing: { due_days: 30, billing_day: 5, later: 'x' },
    holidays: [],
    embed: { origins: [] },
  })
})

test('what was taken out of a map is out', () => {
  expect(edited({ USD: '5', EUR: '4' }, { USD: '5', EUR: '4' }, { EUR: '4' })).toEqual({ EUR: '4' })
  expect(edited({ USD: '5' }, { USD: '5' }, { USD: '5', GBP: null })).toEqual({ USD: '5', GBP: null })
})
