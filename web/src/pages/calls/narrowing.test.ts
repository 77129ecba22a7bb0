import { expect, test } from 'vitest'
import { asked, fileOf, readFilters } from './narrowing'

test('what makes no sense in an address is no filter', () => {
  const search = {
    from: '2026-02-30',
    to: '2026-11-21',
    agent: 7,
    disposition: 'loud',
    customer: '',
    line: 'lin_1',
  }
  expect(readFilters(search)).toEqual({ to: '2026-11-21', line: 'lin_1' })
})

test('days are those of the zone, the last one included', () => {
  const filters = { from: '2026-11-01', to: '2026-11-21', disposition: 'busy' }
  expect(asked(filters, 'America/Toronto')).toEqual({
    from: '2026-11-01T04:00:00.000Z',
    to: '2026-11-22T05:00:00.000Z',
    disposition: 'busy',
  })
})

test('the file has the filters of the screen', () => {
  expect(fileOf({}, 'UTC')).toBe('/api/v1/calls.csv')
  expect(fileOf({ line: 'lin_1', to: '2026-11-21' }, 'UTC')).toBe(
    '/api/v1/calls.csv?line=lin_1&to=2026-11-22T00%3A00%3A00.000Z',
  )
})
