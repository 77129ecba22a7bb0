// What has changed, as the server tells it: each hint has what is on the screen fetched again.
import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'

/** Which addresses show what a hint is about. */
const SHOWN_BY: Record<string, RegExp> = {
  call: /\/(calls|charging|agents|figures|overview|usage|talk-time)/,
  balance: /\/(customers|balance|payments|ledger|credits|lines|overview|invoices|messages\/quote)/,
  conversation: /\/(conversations|messages)/,
  agent: /\/agents/,
  figures: /\/agents\/.*\/(figures|earnings)/,
  line: /\/lines/,
  sip_account: /\/sip-account/,
  top_up_request: /\/(top-up-requests|overview)/,
  recording: /\/(recordings|calls|groups\/.*\/messages)/,
  maintenance: /\/maintenance/,
}

/** Whether an address shows what a kind of hint is about. */
export function isShown(kind: string, address: string): boolean {
  return SHOWN_BY[kind]?.test(address) ?? false
}

/** How long an answer is taken for new, in milliseconds. */
const FRESH = 3000

let pausedSince: Date | undefined
const watchers = new Set<() => void>()

function pause(since: Date | undefined) {
  if (Boolean(since) !== Boolean(pausedSince)) {
    pausedSince = since
    for (const watcher of watchers) watcher()
  }
}

/** Since when what is shown may be out of date, as the server is not heard; undefined while it is. */
export function usePausedSince(): Date | undefined {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => pausedSince,
  )
}

/** Listens for as long as the component is there. */
export function useLive(queries: QueryClient, isOn: boolean) {
  useEffect(() => {
    if (!isOn) return
    const pending = new Set<string>()
    let timer: number | undefined
    // Hints come in crowds: what they are about is fetched once for all of a moment.
    const fetchAgain = () => {
      timer = undefined
      const kinds = [...pending]
      pending.clear()
      void queries.invalidateQueries({
        predicate: ({ queryKey, state }) =>
          kinds.some((kind) =>
            // Each connection begins with one: what a page that opens has just fetched is new enough.
            kind === 'resync' ? state.dataUpdatedAt < Date.now() - FRESH : isShown(kind, String(queryKey[1])),
          ),
      })
    }
    const hear = (event: MessageEvent) => {
      pause(undefined)
      pending.add(event.type)
      timer ??= window.setTimeout(fetchAgain, 250)
    }
    const source = new EventSource('/api/v1/live')
    for (const kind of ['resync', ...Object.keys(SHOWN_BY)]) source.addEventListener(kind, hear)
    source.onopen = () => pause(undefined)
    source.onerror = () => pause(new Date())
    return () => {
      window.clearTimeout(timer)
      source.close()
      pause(undefined)
    }
  }, [queries, isOn])
}
