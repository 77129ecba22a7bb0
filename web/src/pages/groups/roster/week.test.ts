import { expect, test } from 'vitest'
import { clockTyped, datedHours, dragged, inLanes, mondayOf, partsOf } from './week'

const ZONE = 'Europe/London'
const MONDAY = '2026-10-19'

test('a span falls on the days on whose clocks it is', () => {
  const cases: [string, string, string][] = [
    ['2026-10-19T07:00:00Z', '2026-10-19T13:00:00Z', '0 480-840'],
    // Over midnight, and out of the week.
    ['2026-10-19T21:00:00Z', '2026-10-20T05:00:00Z', '0 1320-1440, 1 0-360'],
    ['2026-10-18T21:00:00Z', '2026-10-19T05:00:00Z', '0 0-360'],
    ['2026-10-25T22:00:00Z', '2026-10-26T06:00:00Z', '6 1320-1440'],
    // To the end of a day, and all of one.
    ['2026-10-20T20:00:00Z', '2026-10-20T23:00:00Z', '1 1260-1440'],
    ['2026-10-19T23:00:00Z', '2026-10-20T23:00:00Z', '1 0-1440'],
    // The hour that is shown twice.
    ['2026-10-25T00:30:00Z', '2026-10-25T01:15:00Z', '6 90-91'],
    ['2026-10-25T00:00:00Z', '2026-10-25T03:00:00Z', '6 60-180'],
  ]
  for (const [from, until, expected] of cases) {
    const parts = partsOf({ from, until }, MONDAY, ZONE).map(({ day, from, to }) => `${day} ${from}-${to}`)
    expect(parts.join(', '), from).toBe(expected)
  }
})

test('what is at the same time stands beside each other', () => {
  const spans = [
    [0, 120],
    [60, 180],
    [120, 180],
    // Drawn higher than it is long.
    [200, 205],
    [210, 300],
    [300, 400],
  ].map(([from = 0, to = 0]) => ({ from, to }))
  const told = inLanes(spans).map(({ item, lane, lanes }) => `${item.from} ${lane}/${lanes}`)
  expect(told).toEqual(['0 0/2', '60 1/2', '120 0/2', '200 0/2', '210 1/2', '300 0/1'])
})

test('dragging moves a day of a shift, and the hours of all', () => {
  const shift = { days: [0, 4], hours: '22:00-06:00' }
  expect(dragged(shift, 0, { days: 2, from: 60, until: 60 })).toEqual({ days: [2, 4], hours: '23:00-07:00' })
  expect(dragged(shift, 0, { days: 0, from: 0, until: 30 })).toEqual({ days: [0, 4], hours: '22:00-06:30' })
  // Over midnight it begins on the next day.
  expect(dragged(shift, 0, { days: 0, from: 180, until: 180 })).toEqual({
    days: [1, 4],
    hours: '01:00-09:00',
  })
  expect(dragged(shift, 0, { days: 4, from: 0, until: 0 })).toEqual({ days: [4], hours: '22:00-06:00' })
  expect(dragged({ days: [6], hours: '08:00-12:00' }, 6, { days: 1, from: 0, until: 0 }).days).toEqual([0])
})

test('a time of one date is that of the zone', () => {
  const span = { from: '2026-10-19T21:00:00Z', until: '2026-10-20T05:00:00Z' }
  expect(datedHours(span, ZONE)).toEqual({ date: '2026-10-19', hours: '22:00-06:00' })
  const drag = { days: 1, from: 180, until: 60 }
  expect(datedHours(span, ZONE, drag)).toEqual({ date: '2026-10-21', hours: '01:00-07:00' })
})

test('times are typed as people do', () => {
  const typed = ['9', '09', '930', '9:30', '0930', '21.15', '24', '24:00', 'x', '9:75', '25']
  const read = ['09:00', '09:00', '09:30', '09:30', '09:30', '21:15', '00:00', '00:00', 'x', '9:75', '25']
  expect(typed.map(clockTyped)).toEqual(read)
})

test('weeks begin on Monday', () => {
  expect(['2026-10-19', '2026-10-25', '2026-10-26'].map(mondayOf)).toEqual([MONDAY, MONDAY, '2026-10-26'])
})
