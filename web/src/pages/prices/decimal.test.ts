import { expect, test } from 'vitest'
import { lessPercent } from './decimal'

test('a price with percents off', () => {
  expect(lessPercent('0.05', 60)).toBe('0.02')
  expect(lessPercent('0.05', 0)).toBe('0.05')
  expect(lessPercent('1', 100)).toBe('0.00')
  expect(lessPercent('0.0333', 50)).toBe('0.01665')
  expect(lessPercent('0.000001', 50)).toBe('0.000001')
  expect(lessPercent('', 50)).toBeUndefined()
})
