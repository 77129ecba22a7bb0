import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isShown } from './live'

const schema = readFileSync(new URL('./schema.d.ts', import.meta.url), 'utf8')

/** The kinds of hints, as the API's document tells them. */
function kinds(): string[] {
  const [, told = ''] = /@description Server-Sent Events([\s\S]*?)\*\//.exec(schema) ?? []
  return [...told.matchAll(/`(\w+)`[\s*]+(?:with[\s*]+the[\s*]+id|when)/g)].map(([, kind = '']) => kind)
}

test('each kind of hint that the API tells has some address fetched again', () => {
  expect(kinds()).toContain('maintenance')
  const addresses = [...schema.matchAll(/"(\/api\/v1\/[^"]*)": \{/g)].map(([, address = '']) => address)
  for (const kind of kinds()) {
    const shown = addresses.filter((address) => isShown(kind, address))
    expect(shown, `what shows ${kind}`).not.toEqual([])
  }
})

test.each([
  ['sip_account', '/api/v1/lines/{id}/sip-account', true],
  ['sip_account', '/api/v1/lines/{id}', false],
  ['line', '/api/v1/lines', true],
  ['top_up_request', '/api/v1/top-up-requests', true],
  ['top_up_request', '/api/v1/payments', false],
  ['recording', '/api/v1/recordings', true],
  ['recording', '/api/v1/groups/{id}/messages', true],
  ['recording', '/api/v1/messages', false],
  ['unheard_of', '/api/v1/lines', false],
])('whether %s is about %s', (kind, address, expected) => {
  expect(isShown(kind, address)).toBe(expected)
})
