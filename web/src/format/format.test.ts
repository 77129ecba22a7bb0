import { expect, test } from 'vitest'
import { type Language, speak } from '@/i18n'
import { amountText, isNegative, isZero } from './money'
import { durationText, timeText } from './time'

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

test.each<[string, string, Language, string]>([
  ['0.10', 'USD', 'en', '$0.10'],
  ['1234.50', 'USD', 'en', '$1,234.50'],
  ['1234.50', 'EUR', 'de', '1.234,50 €'],
  // More digits than a float has.
  ['90071992547409.939993', 'USD', 'en', '$90,071,992,547,409.939993'],
  ['-0.005', 'USD', 'en', '-$0.005'],
  ['5', 'GBP', 'en', '£5.00'],
])('%s %s in %s is %s', async (amount, currency, language, expected) => {
  await speak(language)
  expect(plain(amountText(amount, currency))).toBe(expected)
})

test.each([
  ['-0.00', false, true],
  ['-0.01', true, false],
  ['0', false, true],
  ['10.00', false, false],
])('%s: below zero %s, zero %s', (amount, negative, zero) => {
  expect([isNegative(amount), isZero(amount)]).toEqual([negative, zero])
})

test.each([
  [5, '0:05'],
  [65, '1:05'],
  [3729, '1:02:09'],
])('%d seconds are %s', (seconds, expected) => {
  expect(durationText(seconds)).toBe(expected)
})

test('an instant is told in the zone that is asked for', async () => {
  await speak('en')
  expect(plain(timeText('2026-11-21T03:30:00Z', 'America/Toronto'))).toBe('Nov 20, 2026, 10:30 PM')
})
