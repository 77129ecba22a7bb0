import { expect, test } from 'vitest'
import { browserName } from './browser'

test('browsers are told apart', () => {
  const linux = 'Mozilla/5.0 (X11; Linux x86_64)'
  expect(browserName(`${linux} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36`)).toBe(
    'Chrome, Linux',
  )
  expect(browserName(`${linux} Gecko/20100101 Firefox/145.0`)).toBe('Firefox, Linux')
  expect(browserName('curl/8.5.0')).toBe('curl/8.5.0')
  expect(browserName('')).toBe('–')
})
