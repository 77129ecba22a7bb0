import { expect, test } from 'vitest'
import type { Trunk } from './trunk'
import type { TrunkRoute } from './trunkRoute'
import { digitsOf, waysOf } from './ways'

/** A route as "id prefix strip add trunk position": `-` is nothing. */
function route(text: string): TrunkRoute {
  const [id = '', prefix = '', strip, add = '', trunk = '', position] = text
    .split(' ')
    .map((word) => (word === '-' ? '' : word))
  const fixed = { buying_rate: null, created_at: '2026-01-01T00:00:00Z', version: 1 }
  return { id, prefix, strip: Number(strip), add, trunk, position: Number(position), ...fixed }
}

const trunk = (id: string): Trunk => ({
  id,
  name: id,
  endpoint: id,
  enabled: id !== 'off',
  created_at: '2026-01-01T00:00:00Z',
  version: 1,
})

const TRUNKS = ['any', 'home', 'london', 'off'].map(trunk)

// As the table in crates/domain/src/trunks.rs, whose rule it is.
test.each([
  [[], ''],
  [['a - 0 + any 1'], 'any:+442079460018'],
  [['a 44 2 0 home 1'], 'home:02079460018'],
  [['a 49 0 - home 1'], ''],
  [
    ['a - 0 - any 1', 'b 44 0 - home 9', 'c 4420 0 - london 5'],
    'london:442079460018 home:442079460018 any:442079460018',
  ],
  [['b 44 0 - home 2', 'a 44 0 - any 1'], 'any:442079460018 home:442079460018'],
  [['b 44 0 - home 1', 'a 44 0 - any 1'], 'any:442079460018 home:442079460018'],
  [['a 4420 0 - off 1', 'b 44 0 - home 1'], 'home:442079460018'],
  [['a 44 12 - any 1'], ''],
  [['a 44 12 + any 1'], ''],
  [['a 44 13 9 any 1'], ''],
])('ways by %j', (routes, expected) => {
  const ways = waysOf('442079460018', routes.map(route), TRUNKS)
  expect(ways.map((way) => `${way.trunk.id}:${way.dialled}`).join(' ')).toBe(expected)
})

test.each([
  ['+44 (20) 7946-0018', '442079460018'],
  ['020 7946 0018', undefined],
  ['+', undefined],
  ['+44 20 x', undefined],
])('the digits of %s', (written, digits) => {
  expect(digitsOf(written)).toBe(digits)
})
