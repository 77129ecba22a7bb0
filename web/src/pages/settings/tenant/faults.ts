import { Refusal } from '@/api/problem'

/**
 * The same refusal with each fault at a field of the form. The server names settings from their own root or from that of the whole
 * body, a dial plan's fields only in the words, and what is wrong with one of several where the form has one field for all.
 */
export function placed(error: unknown, hasField: (path: string) => boolean): unknown {
  if (!(error instanceof Refusal) || !error.problem?.errors.length) return error
  const errors = error.problem.errors.map((fault) => {
    const named = /^(\w+): (.*)$/s.exec(fault.detail)
    const inPlan = fault.pointer === '/settings/dial_plan' && named
    const path = (inPlan ? `/dial_plan/${named[1]}` : (fault.pointer ?? '')).replace(/^\/settings/, '')
    return { ...fault, pointer: nearest(path, hasField), detail: (inPlan && named[2]) || fault.detail }
  })
  return new Refusal(error.status, error.kind, { ...error.problem, errors })
}

/** The pointer itself, or that of what is around it, as far as the form has a field for it. */
function nearest(pointer: string, hasField: (path: string) => boolean): string {
  for (let path = pointer; path; path = path.slice(0, path.lastIndexOf('/'))) {
    if (hasField(path.slice(1).replaceAll('/', '.'))) return path
  }
  return pointer
}
