import { expect, test } from 'vitest'
import type { Schema } from '@/api/client'
import { rungs } from './rungs'

const call = {
  id: 'call_1',
  started_at: '2026-11-21T06:00:00Z',
  answered_at: '2026-11-21T06:00:05Z',
  ended_at: '2026-11-21T06:03:05Z',
  recorded_at: '2026-11-21T06:00:00Z',
  rating: { stars: 5, rated_at: '2026-11-21T07:00:00Z' },
} as Schema<'CallDocument'>

const refund = (part: string) =>
  ({ key: part, kind: 'refund', posted_at: '2026-11-21T06:30:00Z' }) as Schema<'EntryDocument'>

const events = (explained: object, history?: [string, string][]) => {
  const session = history && { history: history.map(([at, event]) => ({ at, event, held: '0.10' })) }
  const ladder = rungs(explained as Schema<'ExplainedCall'>, session as Schema<'SessionDocument'> | undefined)
  return ladder.map(({ event, times }) => (times > 1 ? `${event} x ${times}` : event))
}

test('without a session the record itself tells what happened', () => {
  expect(events({ call: { ...call, started_at: null, rating: null }, entries: [] })).toEqual([
    'recorded',
    'answered',
    'ended',
  ])
})

test('extensions in a row are one rung, the parts of a refund another, and what came later comes last', () => {
  const history: [string, string][] = [
    ['2026-11-21T06:00:00Z', 'authorized'],
    ['2026-11-21T06:00:05Z', 'answered'],
    ['2026-11-21T06:01:00Z', 'extended'],
    ['2026-11-21T06:02:00Z', 'extended'],
    ['2026-11-21T06:02:30Z', 'lengthened'],
    ['2026-11-21T06:03:00Z', 'extended'],
    ['2026-11-21T06:03:05Z', 'settled'],
  ]
  expect(events({ call, entries: [refund('agent'), refund('income')] }, history)).toEqual([
    'authorized',
    'answered',
    'extended x 2',
    'lengthened',
    'extended',
    'settled',
    'refunded',
    'stars',
  ])
})
