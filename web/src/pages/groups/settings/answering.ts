// How a group's number is answered, as the API has it: its document leaves open what is in there.
import type { Group } from '../group'

export const STRATEGIES = ['sequential', 'simultaneous', 'random', 'longest_idle'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const CALLERS = ['shown', 'pseudonym', 'nothing'] as const
export type Callers = (typeof CALLERS)[number]

/** Something that is said. */
export interface Saying {
  text: string
  language?: string
  voice?: string
  /** What is played instead. */
  audio?: string
}

/** A language that callers can choose. */
export interface LanguageChoice {
  key: string
  language: string
  greeting?: Saying
}

/** What follows where nobody takes a call. */
export type Fallback =
  | { kind: 'group'; group: string }
  | { kind: 'number'; number: string }
  | { kind: 'voicemail' }
  | { kind: 'message'; saying: Saying }

export interface Answering {
  greeting: Saying | null
  closed_greeting: Saying | null
  languages: LanguageChoice[]
  language_menu: Saying | null
  strategy: Strategy
  ring_seconds: number
  screening: boolean
  only_confirmed_phones: boolean
  queue_seconds: number | null
  queue_music: string | null
  nobody_on_duty: Fallback[]
  no_answer: Fallback[]
  voicemail: {
    greeting: Saying | null
    addressees: string[]
    transcribe: boolean
    transcript_wait_seconds: number
    kept_days: number | null
  }
  blocked: string[]
  anonymous: boolean
  calls_per_hour: number | null
  callers: Callers
  missed_calls_to: string[]
}

export function answeringOf(group: Group): Answering {
  return group.answering as unknown as Answering
}
