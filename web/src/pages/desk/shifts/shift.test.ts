import { expect, test } from 'vitest'
import type { Swap } from '@/pages/groups/swaps/swap'
import { byDay, dateOfPart, type OwnShift, offerable, offersOf } from './shift'

const night = {
  group: 'grp_1',
  time_zone: 'Europe/London',
  from: '2026-10-16T21:00:00Z',
  until: '2026-10-17T05:00:00Z',
  date: '2026-10-16',
  hours: '22:00-06:00',
  duty: { agent: 'agt_1' },
} as OwnShift

test('a part after midnight begins on the day after', () => {
  const parts = ['22:00-06:00', '23:30-01:00', '00:00-03:00', '05:00-06:00']
  const dates = parts.map((part) => dateOfPart('2026-10-31', '22:00-06:00', part))
  expect(dates).toEqual(['2026-10-31', '2026-10-31', '2026-11-01', '2026-11-01'])
  expect(dateOfPart('2026-10-31', '08:00-08:00', '07:00-08:00')).toBe('2026-11-01')
})

test('of a shift that has begun the rest can be offered', () => {
  const at = (now: string) => offerable(night, Date.parse(now))
  expect(at('2026-10-16T20:59:00Z')).toEqual({ isWhole: true, hours: '22:00-06:00' })
  expect(at('2026-10-16T21:00:00Z')).toEqual({ isWhole: false, hours: '23:00-06:00' })
  expect(at('2026-10-17T01:20:00Z')).toEqual({ isWhole: false, hours: '03:00-06:00' })
  expect(at('2026-10-17T04:20:00Z')).toBeUndefined()
  expect(offerable({ ...night, hours: null }, 0)).toBeUndefined()
})

test('a shift is offered by what is open of it', () => {
  const swap = {
    state: 'offered',
    awaits_approval: false,
    agent: { id: 'agt_1' },
    group: { id: 'grp_1' },
    from: '2026-10-17T03:00:00Z',
    until: '2026-10-17T05:00:00Z',
  } as Swap
  const others = [
    { ...swap, state: 'withdrawn' },
    { ...swap, agent: { id: 'agt_2', name: '' } },
    { ...swap, group: { id: 'grp_2', name: '' } },
    { ...swap, from: night.until, until: '2026-10-17T06:00:00Z' },
  ]
  const asked = { ...swap, state: 'taken', awaits_approval: true }
  expect(offersOf(night, [swap, asked, ...others])).toEqual([swap, asked])
})

test('shifts are on the days of their groups', () => {
  const unnamed = { ...night, date: null }
  const late = { ...night, time_zone: 'Asia/Kolkata', date: '2026-10-17' }
  expect(byDay([unnamed, late, night])).toEqual([
    ['2026-10-16', [unnamed, night]],
    ['2026-10-17', [late]],
  ])
})
