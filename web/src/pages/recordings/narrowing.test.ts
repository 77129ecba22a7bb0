import { expect, test } from 'vitest'
import { readFilters } from './narrowing'

test('filters are read from an address, and what makes no sense there is none', () => {
  const read = { line: 'lin_1', kind: 'call', done: false }
  expect(readFilters(read)).toEqual(read)
  const none = { line: undefined, kind: undefined, done: undefined }
  for (const search of [{}, { line: '', kind: 'fax', done: 'perhaps' }, { line: 1, kind: 2, done: 3 }])
    expect(readFilters(search)).toEqual(none)
})
