// The second that passes, for what ticks between two answers of the server.
import { useSyncExternalStore } from 'react'
import { usePausedSince } from '@/api/live'

const watchers = new Set<() => void>()
let timer: number | undefined

function watch(watcher: () => void) {
  watchers.add(watcher)
  timer ??= window.setInterval(() => {
    for (const each of watchers) each()
  }, 1000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) {
      window.clearInterval(timer)
      timer = undefined
    }
  }
}

const thisSecond = () => Math.floor(Date.now() / 1000)

/** Now, in seconds since 1970. It stands still while the server is not heard: what ran then may have ended. */
export function useSecond(): number {
  const second = useSyncExternalStore(watch, thisSecond)
  const pausedSince = usePausedSince()
  return pausedSince ? Math.floor(pausedSince.getTime() / 1000) : second
}
