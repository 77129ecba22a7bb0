import { expect, test } from 'vitest'
import { mergedPage, type Position, type Source } from './merge'

interface Item {
  at: string
}

const day = (number: number): Item => ({ at: `2026-01-${String(number).padStart(2, '0')}T00:00:00Z` })

/** A list of these days in pages of two, which tells when it is read. */
function list(name: string, days: number[], read: string[] = []): Source<Item> {
  return {
    name,
    read: async (cursor) => {
      const from = Number(cursor ?? 0)
      read.push(`${name}:${from}`)
      return {
        items: days.slice(from, from + 2).map(day),
        next_cursor: from + 2 < days.length ? String(from + 2) : null,
      }
    },
  }
}

test('lists are merged by instant, page by page, and nothing is lost or told twice', async () => {
  const sources = [list('a', [30, 20, 10, 5]), list('b', [25, 24, 23, 22, 21]), list('c', [])]
  const told: Item[] = []
  let position: Position<Item> | null = {}
  while (position) {
    const page: { items: Item[]; next: Position<Item> | null } = await mergedPage(sources, position, 4)
    told.push(...page.items)
    position = page.next
  }
  expect(told).toEqual([30, 25, 24, 23, 22, 21, 20, 10, 5].map(day))
})

test('a list is not read before its turn', async () => {
  const read: string[] = []
  const sources = [list('a', [30, 20], read), { ...list('b', [10], read), newestAt: day(10).at }]
  const first = await mergedPage(sources, {}, 2)
  expect(read).toEqual(['a:0'])
  expect(first.items).toEqual([30, 20].map(day))
})
