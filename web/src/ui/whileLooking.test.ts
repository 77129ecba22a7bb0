import { expect, test } from 'vitest'
import { whileLooking } from './whileLooking'

const options = ['0004', '0040', 'North Pier'].map((label) => ({ value: label, label, disabled: false }))

test.each([
  [true, '40', ['0040']],
  [true, ' north ', ['North Pier']],
  [true, 'pier@example.org', []],
  [true, '', ['0004', '0040', 'North Pier']],
  [false, 'pier@example.org', ['0004', '0040', 'North Pier']],
])('while looking (%s) for %j', (isLooking, search, expected) => {
  const shown = whileLooking(isLooking)({ options, search, limit: 20 })
  expect(shown.map((option) => 'label' in option && option.label)).toEqual(expected)
})
