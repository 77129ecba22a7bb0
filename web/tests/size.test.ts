import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const BUDGET = 190_000

/** What a browser fetches before it shows anything, by Brotli: the page, and every script and style that it names. */
test('the first load stays within its budget', () => {
  const dist = new URL('../dist', import.meta.url).pathname
  const page = readFileSync(`${dist}/index.html`, 'utf8')
  const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path)
  expect(named.length).toBeGreaterThan(1)
  const sizes = ['/index.html', ...named].map((path) => readFileSync(`${dist}${path}.br`).length)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(BUDGET)
})
