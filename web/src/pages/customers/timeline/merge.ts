// Several lists, each with its newest item first and read page by page, read as one.

interface Dated {
  at: string
}

/** A list to be merged. */
export interface Source<Item extends Dated> {
  name: string
  /** Reads on from a cursor; from the beginning, where there is none. */
  read: (cursor: string | undefined) => Promise<{ items: Item[]; next_cursor?: string | null }>
  /** Nothing in it is newer: it is not read before its turn comes. */
  newestAt?: string
}

/** How far a list is read. */
interface Tap<Item> {
  /** What is read and not yet given out. */
  waiting: Item[]
  /** Where to read on: undefined at the beginning, null at the end. */
  cursor?: string | null
}

/** How far all of them are, by their names. */
export type Position<Item> = Record<string, Tap<Item>>

/** The next items of all the lists, the newest first, and where to go on; null at the end of all. */
export async function mergedPage<Item extends Dated>(
  sources: Source<Item>[],
  position: Position<Item>,
  size: number,
): Promise<{ items: Item[]; next: Position<Item> | null }> {
  const taps = sources.map((source) => {
    const { waiting, cursor } = position[source.name] ?? { waiting: [] }
    return { source, waiting: [...waiting], cursor }
  })
  const items: Item[] = []
  while (items.length < size) {
    const dry = taps.filter(({ waiting, cursor }) => waiting.length === 0 && cursor !== null)
    const begun = dry.filter(({ source, cursor }) => !source.newestAt || cursor !== undefined)
    const head = newest(taps)
    const isDue = ({ source }: (typeof taps)[number]) =>
      !head || Date.parse(source.newestAt ?? '') >= instant(head)
    const due = begun.length > 0 ? begun : dry.filter(isDue)
    if (due.length > 0) {
      await Promise.all(due.map(fill))
      continue
    }
    const item = head?.waiting.shift()
    if (!item) break
    items.push(item)
  }
  const isOver = taps.every(({ waiting, cursor }) => waiting.length === 0 && cursor === null)
  const next = Object.fromEntries(
    taps.map(({ source, waiting, cursor }) => [source.name, { waiting, cursor }]),
  )
  return { items, next: isOver ? null : next }
}

/** The one whose next item is the newest of all. */
function newest<Item extends Dated, Filled extends Tap<Item>>(taps: Filled[]): Filled | undefined {
  return taps
    .filter(({ waiting }) => waiting.length > 0)
    .reduce<Filled | undefined>(
      (best, tap) => (best && instant(best) >= instant(tap) ? best : tap),
      undefined,
    )
}

function instant<Item extends Dated>({ waiting }: Tap<Item>): number {
  return Date.parse(waiting[0]?.at ?? '')
}

async function fill<Item extends Dated>(tap: Tap<Item> & { source: Source<Item> }) {
  const { items, next_cursor } = await tap.source.read(tap.cursor ?? undefined)
  tap.waiting = items
  tap.cursor = next_cursor ?? null
}
