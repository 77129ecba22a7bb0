// What the recordings are narrowed down to: it is in the address, so that it can be kept and sent.

export const KINDS = ['voicemail', 'call'] as const

/** The filters, as they are in the address. */
export interface RecordingFilters {
  line?: string
  kind?: (typeof KINDS)[number]
  done?: boolean
}

/** Reads them from an address; what makes no sense there is no filter. */
export function readFilters({ line, kind, done }: Record<string, unknown>): RecordingFilters {
  return {
    line: typeof line === 'string' && line !== '' ? line : undefined,
    kind: KINDS.find((known) => known === kind),
    done: typeof done === 'boolean' ? done : undefined,
  }
}
