// Which tab of a browser holds a user's phone: one, and the others wait for it. The browser keeps it by a lock. It has none where the page
// did not come by HTTPS or from the machine itself: there the exchange alone sees to it that the newest phone of a line wins.

/** How long a tab that waited waits on once the phone is free, in milliseconds: the one that had it may be loading again, with its call. */
const GRACE = 12_000
const MARK = 'tollgate.phone.here'

interface Listener {
  /** The phone is this tab's. */
  granted(): void
  /** It is another's. */
  elsewhere(): void
}

export class Tab {
  readonly #name: string
  readonly #listener: Listener
  #turn = 0
  #release: (() => void) | undefined
  #waits: AbortController | undefined

  constructor(name: string, listener: Listener) {
    this.#name = name
    this.#listener = listener
    // A tab that had the phone when it was loaded again has it still.
    this.#take(isReloaded() && sessionStorage.getItem(MARK) !== null)
  }

  /** Takes the phone from whichever tab has it. */
  steal() {
    this.#take(true)
  }

  close() {
    this.#turn += 1
    this.#waits?.abort()
    this.#release?.()
    this.#release = undefined
    sessionStorage.removeItem(MARK)
  }

  #take(steals: boolean) {
    this.close()
    const turn = this.#turn
    if (!navigator.locks) return this.#granted()
    const how = steals ? { steal: true } : { ifAvailable: true }
    const held = navigator.locks.request(this.#name, how, (lock) => {
      if (turn !== this.#turn) return undefined
      if (lock) return this.#hold()
      this.#wait(turn)
      return undefined
    })
    held.catch(() => turn === this.#turn && this.#robbed())
  }

  #wait(turn: number) {
    this.#listener.elsewhere()
    const waits = new AbortController()
    this.#waits = waits
    const held = navigator.locks.request(this.#name, { signal: waits.signal }, async () => {
      await new Promise((resolve) => setTimeout(resolve, GRACE))
      if (turn === this.#turn && !waits.signal.aborted) await this.#hold()
    })
    held.catch(() => turn === this.#turn && !waits.signal.aborted && this.#robbed())
  }

  #robbed() {
    this.close()
    this.#wait(this.#turn)
  }

  #granted() {
    sessionStorage.setItem(MARK, 'yes')
    this.#listener.granted()
  }

  /** Lasts for as long as this tab has the phone. */
  #hold(): Promise<void> {
    this.#granted()
    return new Promise((resolve) => {
      this.#release = resolve
    })
  }
}

function isReloaded(): boolean {
  const [visit] = performance.getEntriesByType('navigation')
  return visit instanceof PerformanceNavigationTiming && visit.type === 'reload'
}
