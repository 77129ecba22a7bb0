// When a number that is being dialled is complete.
import type { DialRules } from './protocol'

/** Digits that stand so long without another are a number, in milliseconds. */
export const PAUSE = 1000
/** No number is longer: what was dialled before falls out. */
const LONGEST = 32
const CALL_BLOCKING = '#70'
const DIGITS = /^[0-9]+$/

/** The digits after a key, and what they are: a number that is complete, or a code, known or not. */
export interface Dialled {
  digits: string
  number?: string
  code?: 'call_blocking' | 'unknown'
}

/** How the tenant's people dial. */
export class DialPlan {
  readonly #length: number
  readonly #complete: string[]

  constructor({ extension_length = 4, complete = [] }: DialRules = {}) {
    this.#length = Math.min(Math.max(extension_length, 1), 15)
    this.#complete = complete.filter((number) => DIGITS.test(number))
  }

  /** Adds a key to the digits before it. */
  key(digits: string, key: string): Dialled {
    if (key === '#' && digits && !digits.startsWith('#')) return { digits, number: this.#atOnce(digits) }
    if (key === '+' && digits) return { digits }
    const dialled = (digits + key).slice(-LONGEST)
    if (dialled.startsWith('#')) return code(dialled)
    const ends = (number: string) => !dialled.startsWith('+') && dialled.endsWith(number)
    return { digits: dialled, number: this.#complete.find(ends) }
  }

  /** The number that stands there when nothing more was dialled for a while. The last digits count, so that a slip is dialled over. */
  afterPause(digits: string): string | undefined {
    return DIGITS.test(digits) && digits.length >= this.#length ? digits.slice(-this.#length) : undefined
  }

  /** An outside number as a whole, else the last digits. */
  #atOnce(digits: string): string {
    return /^[0+]/.test(digits) || !DIGITS.test(digits) ? digits : digits.slice(-this.#length)
  }
}

function code(dialled: string): Dialled {
  if (dialled === CALL_BLOCKING) return { digits: dialled, code: 'call_blocking' }
  const isUnknown = dialled.length >= CALL_BLOCKING.length || /[#*]/.test(dialled.slice(1))
  return isUnknown ? { digits: dialled, code: 'unknown' } : { digits: dialled }
}
