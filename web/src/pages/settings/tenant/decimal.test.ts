import { expect, test } from 'vitest'
import { decimal, shifted } from './decimal'

test('the point moves', () => {
  for (const [share, percent] of [
    ['0.13', '13'],
    ['0.2', '20'],
    ['0.075', '7.5'],
    ['1', '100'],
    ['0', '0'],
    ['0.000001', '0.0001'],
    ['0.005', '0.5'],
  ] as const) {
    expect(shifted(share, 2)).toBe(percent)
    expect(shifted(percent, -2)).toBe(share)
  }
  expect(shifted('0.20', 2)).toBe('20')
  expect(shifted('abc', -2)).toBe('abc')
})

test('a decimal comma is a point', () => {
  expect(decimal(' 7,5 ')).toBe('7.5')
  expect(decimal('1 000.25')).toBe('1000.25')
  expect(decimal('1,000.25')).toBe('1,000.25')
})
