import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const BUDGET = 190_000
const DIST = new URL('../dist', import.meta.url).pathname

interface Chunk {
  file: string
  imports?: string[]
  css?: string[]
}

/** What a browser fetches until the first page is drawn, by Brotli: the page, the app, the overview, and all that these name. */
test('the first load stays within its budget', () => {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(`${DIST}/.vite/manifest.json`, 'utf8'))
  const page = readFileSync(`${DIST}/index.html`, 'utf8')
  const files = new Set(['index.html', ...(page.match(/assets\/[^"]+/g) ?? [])])
  const add = (name: string) => {
    const chunk = manifest[name]
    if (!chunk) throw new Error(`${name} is not in the manifest`)
    if (files.has(chunk.file)) return
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    chunk.imports?.forEach(add)
  }
  add('src/pages/overview/Overview.tsx')
  const sizes = [...files].map((file) => readFileSync(`${DIST}/${file}.br`).length)
  expect(files.size).toBeGreaterThan(5)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(BUDGET)
})
