import { expect, test } from 'vitest'
import { sections } from './sections'

test('numbers for short messages are set in a section of their own', () => {
  const all = sections((words) => words)
  expect(all.filter(({ name }) => name === 'short-messages').map(({ title }) => title)).toEqual([
    'Short messages',
  ])
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})
