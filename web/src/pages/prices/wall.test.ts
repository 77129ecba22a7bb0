import { expect, test } from 'vitest'
import { instantOf, wallOf } from './wall'

test('clocks on the wall and instants', () => {
  expect(instantOf('2026-11-21T19:30', 'America/Toronto')).toBe('2026-11-22T00:30:00.000Z')
  expect(wallOf('2026-11-22T00:30:00Z', 'America/Toronto')).toBe('2026-11-21T19:30')
  expect(instantOf('nonsense', 'UTC')).toBeUndefined()
})

test('an hour that comes twice is the first one, one that is skipped comes later', () => {
  expect(instantOf('2026-11-01T01:30', 'America/Toronto')).toBe('2026-11-01T05:30:00.000Z')
  expect(instantOf('2026-03-08T02:30', 'America/Toronto')).toBe('2026-03-08T07:30:00.000Z')
})
