import { Duration } from '@/format/time'
import { useSecond } from './second'

/** How long it has been. */
export function Elapsed({ since }: { since: string }) {
  return <Duration seconds={Math.max(0, useSecond() - Math.floor(Date.parse(since) / 1000))} />
}

/** How long it still is until so many seconds after an instant. */
export function Remaining({ from, seconds = 0 }: { from: string; seconds?: number }) {
  return <Duration seconds={Math.max(0, Math.floor(Date.parse(from) / 1000) + seconds - useSecond())} />
}
