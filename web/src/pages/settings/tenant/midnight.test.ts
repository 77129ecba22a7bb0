import { expect, test } from 'vitest'
import { beginning, dateOf } from './midnight'

test('a day begins when the zone says so', () => {
  expect(beginning('2010-07-01', 'America/Toronto')).toBe('2010-07-01T04:00:00.000Z')
  expect(beginning('2026-03-29', 'Europe/London')).toBe('2026-03-29T00:00:00.000Z')
  expect(beginning('2026-03-30', 'Europe/London')).toBe('2026-03-29T23:00:00.000Z')
  expect(beginning('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00:00.000Z')
  expect(beginning('2026-10-26', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z')
  expect(beginning('2027-01-01', 'Pacific/Auckland')).toBe('2026-12-31T11:00:00.000Z')
})

test('an instant is on the date that the zone says', () => {
  expect(dateOf('2010-07-01T04:00:00Z', 'America/Toronto')).toBe('2010-07-01')
  expect(dateOf('2010-07-01T03:59:59Z', 'America/Toronto')).toBe('2010-06-30')
})
