import { expect, test } from 'vitest'
import { dayAfter, dayOf, dayStart, instantOf, isDay, wallOf } from './civil'

test.each([
  ['2026-11-21', 'UTC', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21', 'America/Toronto', '2026-11-21T05:00:00.000Z'],
  ['2026-07-01', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z'],
  // Days on which clocks change.
  ['2026-03-08', 'America/Toronto', '2026-03-08T05:00:00.000Z'],
  ['2026-03-09', 'America/Toronto', '2026-03-09T04:00:00.000Z'],
  ['2026-11-01', 'America/Toronto', '2026-11-01T04:00:00.000Z'],
  ['2026-11-02', 'America/Toronto', '2026-11-02T05:00:00.000Z'],
  ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  // Midnight is skipped, or comes twice.
  ['2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z'],
  ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  // So is a whole day.
  ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
])('%s begins in %s at %s', (day, zone, start) => {
  expect(dayStart(day, zone)).toBe(start)
})

test('an instant belongs to the day of the zone', () => {
  const at = new Date('2026-11-21T04:59:59.999Z')
  expect([dayOf(at, 'America/Toronto'), dayOf(at, 'UTC')]).toEqual(['2026-11-20', '2026-11-21'])
})

test('days follow each other over the ends of months and years', () => {
  expect([dayAfter('2026-02-28'), dayAfter('2026-12-31'), dayAfter('2026-03-01', -1)]).toEqual([
    '2026-03-01',
    '2027-01-01',
    '2026-02-28',
  ])
})

test.each([
  ['2026-02-28', true],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['today', false],
  ['2026-2-3', false],
])('%s is a day: %s', (text, expected) => {
  expect(isDay(text)).toBe(expected)
})

test('clocks on the wall and instants', () => {
  expect(instantOf('2026-11-21T19:30', 'America/Toronto')).toBe('2026-11-22T00:30:00.000Z')
  expect(wallOf('2026-11-22T00:30:00Z', 'America/Toronto')).toBe('2026-11-21T19:30')
  expect(instantOf('nonsense', 'UTC')).toBeUndefined()
})

test('an hour that comes twice is the first one, one that is skipped comes later', () => {
  expect(instantOf('2026-11-01T01:30', 'America/Toronto')).toBe('2026-11-01T05:30:00.000Z')
  expect(instantOf('2026-03-08T02:30', 'America/Toronto')).toBe('2026-03-08T07:30:00.000Z')
})
