import { expect, test } from 'vitest'
import { cells, firstLine, guessed, mapping } from './columns'

test('the first line of a file is read into its cells', async () => {
  const file = new File(['Call ID,Begin,"Caller, or who"\r\n7001,2026-10-05,0001'], 'calls.csv')
  expect(await firstLine(file)).toEqual(['Call ID', 'Begin', 'Caller, or who'])
})

test('a compressed file is read as well', async () => {
  const packed = new Blob(['to,secs\n0001,5\n']).stream().pipeThrough(new CompressionStream('gzip'))
  const file = new File([await new Response(packed).blob()], 'calls.csv.gz')
  expect(await firstLine(file)).toEqual(['to', 'secs'])
})

test('quotes, empty cells and a last comma', () => {
  expect(cells('a,"say ""b""",,d,')).toEqual(['a', 'say "b"', '', 'd', ''])
})

test('columns that are called like a field hold it', () => {
  expect(guessed(['Origin', 'TO', 'Started at', 'what'])).toEqual({ origin: 0, to: 1, started_at: 2 })
})

test('columns are mapped by name, or by number where that would be misread', () => {
  const header = ['Callee', 'Secs', 'From, who']
  expect(mapping({ to: 0, duration_seconds: 1 }, header, true)).toBe('to=Callee,duration_seconds=Secs')
  expect(mapping({ to: 0, from: 2 }, header, true)).toBe('to=1,from=3')
  expect(mapping({ to: 0, duration_seconds: 1 }, header, false)).toBe('to=1,duration_seconds=2')
})
