// Which line a user's phone is, and whether it is on: the same in all tabs, and the next time.
import type { Line } from './exchange'

export interface Choice {
  line: Line | undefined
  isOn: boolean
}

const key = (user: string) => `tollgate.phone.${user}`

export function chosen(user: string): Choice {
  const kept: Partial<Choice> = JSON.parse(localStorage.getItem(key(user)) ?? '{}')
  return { line: kept.line, isOn: Boolean(kept.line && kept.isOn) }
}

export function choose(user: string, choice: Choice) {
  localStorage.setItem(key(user), JSON.stringify(choice))
}

/** Tells when another tab has chosen. */
export function onChosen(user: string, then: () => void): () => void {
  const hear = (event: StorageEvent) => {
    if (event.key === key(user)) then()
  }
  window.addEventListener('storage', hear)
  return () => window.removeEventListener('storage', hear)
}
