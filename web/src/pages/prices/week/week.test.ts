import { expect, test } from 'vitest'
import { added, erased, obstacle, overlap, periodsOf, runsOf, type Window, weekOf, windowAt } from './week'

const window = (day: Window['day'], start: number, end: number, price = 0): Window => ({
  day,
  start,
  end,
  price,
})
const [evening, midnight] = [19 * 60, 24 * 60]

test('a plan is read by its prices and written as it was', () => {
  const periods = [
    { day: 'sat', start: '00:00', end: '24:00', price_per_minute: '0.02' },
    { day: 'every', start: '19:30', end: '24:00', price_per_minute: '0.03' },
    { day: 'sun', start: '00:00', end: '24:00', price_per_minute: '0.02' },
  ] as const
  const week = weekOf([...periods])
  expect(week.prices).toHaveLength(2)
  expect(periodsOf(week)).toEqual(periods)
})

test('windows of one day key overlap, touching ones and those of other keys do not', () => {
  expect(overlap(window('mon', 0, 600), window('mon', 599, 700))).toBe(true)
  expect(overlap(window('mon', 0, 600), window('mon', 600, 700))).toBe(false)
  expect(overlap(window('every', 0, 600), window('mon', 0, 600))).toBe(false)
})

test('every day follows itself, a single day does not', () => {
  expect(overlap(window('every', 22 * 60, 120), window('every', 60, 180))).toBe(true)
  expect(overlap(window('mon', 22 * 60, 120), window('mon', 60, 180))).toBe(false)
})

test('a single day comes before every day, today before yesterday', () => {
  const [every, late, early] = [
    window('every', 0, midnight),
    window('mon', 22 * 60, 120),
    window('tue', 60, 180),
  ]
  const runs = runsOf('tue', [early, late, every])
  expect(runs).toEqual([
    { from: 0, to: 60, window: late },
    { from: 60, to: 180, window: early },
    { from: 180, to: midnight, window: every },
  ])
  expect(runsOf('sun', [window('sat', 22 * 60, 120)])[0]).toMatchObject({ from: 0, to: 120 })
})

test('windows of one price that touch become one', () => {
  const once = added([window('mon', 1200, midnight)], window('mon', evening, 1200))
  expect(once).toEqual([window('mon', evening, midnight)])
  expect(added(once, window('mon', 600, 660))).toHaveLength(2)
  expect(added([window('every', 0, 60)], window('every', evening, midnight))).toEqual([
    window('every', evening, 60),
  ])
})

test('what is in the way is found', () => {
  const there = window('mon', evening, midnight)
  expect(obstacle([there], window('mon', 18 * 60, 20 * 60, 1))).toBe(there)
  expect(obstacle([there], there)).toBeUndefined()
})

test('minutes are taken out, in the middle, and after midnight', () => {
  expect(erased([window('mon', 600, 900)], 'mon', 660, 720)).toEqual([
    window('mon', 600, 660),
    window('mon', 720, 900),
  ])
  expect(erased([window('mon', 1380, 120)], 'tue', 0, 60)).toEqual([
    window('mon', 1380, midnight),
    window('tue', 60, 120),
  ])
  expect(erased([window('mon', 600, 900)], 'mon', 0, midnight)).toEqual([])
})

test('what begins at an instant has the price of its window, on holidays theirs, past midnight, too', () => {
  const [every, holiday] = [window('every', evening, midnight), window('holiday', 20 * 60, 60)]
  const at = (wall: string) => windowAt([every, holiday], wall, ['2026-12-25'])
  expect(at('2026-12-24T19:00')).toBe(every)
  expect(at('2026-12-24T18:59')).toBeUndefined()
  expect(at('2026-12-25T21:00')).toBe(holiday)
  expect(at('2026-12-26T00:30')).toBe(holiday)
})
