/** A field that differs, by its path: `address.city`. */
export interface Change {
  path: string
  before: string | undefined
  after: string | undefined
}

/** What says nothing beside the record's own id and the instant of the change. */
const KNOWN = ['id', 'version']

/** What differs between a record before and after a change, field by field. */
export function difference(before: unknown, after: unknown): Change[] {
  const [old, now] = [flat(before), flat(after)]
  const paths = new Set([...old.keys(), ...now.keys()])
  return [...paths]
    .filter((path) => !KNOWN.includes(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
    .filter((change) => change.before !== change.after)
}

/** Every value of a record that says something, by its path; lists of plain values in one line. */
function flat(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined || value === '') return new Map()
  if (typeof value !== 'object') return new Map([[path, String(value)]])
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.length > 0 ? new Map([[path, value.join(', ')]]) : new Map()
  return new Map(
    Object.entries(value).flatMap(([key, item]) => [...flat(item, path ? `${path}.${key}` : key)]),
  )
}
