/** The most of a file that is read to find its columns. */
const HEAD = 64 * 1024

/** The cells of the first line of a CSV file, which may be compressed by gzip. */
export async function firstLine(file: File): Promise<string[]> {
  const stream = isCompressed(file)
    ? file.stream().pipeThrough(new DecompressionStream('gzip'))
    : file.stream()
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < HEAD && !text.includes('\n')) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return cells(text.split(/\r?\n/, 1)[0] ?? '')
}

export function isCompressed({ name, type }: { name: string; type: string }): boolean {
  return name.endsWith('.gz') || type === 'application/gzip' || type === 'application/x-gzip'
}

/** The cells of a line: within quotes a comma is none, and two quotes are one. */
export function cells(line: string): string[] {
  const found = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return [...found].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim())
}

/** The fields of a call that columns may hold. */
export const FIELDS = [
  'origin',
  'from',
  'to',
  'account',
  'line',
  'started_at',
  'answered_at',
  'ended_at',
  'duration_seconds',
  'disposition',
] as const

export type Field = (typeof FIELDS)[number]

/** Which column, from 0, holds a field. */
export type Columns = Partial<Record<Field, number>>

/** The columns that are called like a field. */
export function guessed(header: string[]): Columns {
  const plain = header.map((name) => name.toLowerCase().replaceAll(/[\s-]+/g, '_'))
  const found = FIELDS.map((field) => [field, plain.indexOf(field)] as const)
  return Object.fromEntries(found.filter(([, column]) => column >= 0))
}

/**
 * The mapping as the API takes it, by the columns' names: `to=Callee,duration_seconds=Secs`. Where the first line is a call already, and
 * where a name would be misread, by their numbers.
 */
export function mapping(columns: Columns, header: string[], hasNames: boolean): string {
  const isPlain = (name: string) => name !== '' && !/[,=]|^\d+$/.test(name)
  const isByName = hasNames && Object.values(columns).every((column) => isPlain(header[column] ?? ''))
  return Object.entries(columns)
    .map(([field, column]) => `${field}=${isByName ? header[column] : column + 1}`)
    .join(',')
}
