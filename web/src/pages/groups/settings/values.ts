// The settings of a group while they are entered, in fields named as in the API's body.
import type { Schema } from '@/api/client'
import type { Group } from '../group'
import { type Answering, answeringOf, type Fallback, type Saying } from './answering'

/** Something that is said: nothing, where all is empty. */
export type SayingValues = Required<Saying>

/** What follows: all fields of all kinds, so that what was typed is there again when the kind is changed back. */
export interface FallbackValues {
  kind: Fallback['kind']
  group: string | null
  number: string
  saying: SayingValues
}

export interface LanguageValues {
  key: string
  language: string | null
  greeting: SayingValues
}

/** A whole number as fields have it: empty for none. */
export type Count = number | string

type Entered = Omit<
  Answering,
  | 'greeting'
  | 'closed_greeting'
  | 'languages'
  | 'language_menu'
  | 'ring_seconds'
  | 'queue_seconds'
  | 'queue_music'
  | 'nobody_on_duty'
  | 'no_answer'
  | 'voicemail'
  | 'calls_per_hour'
>

export interface AnsweringValues extends Entered {
  greeting: SayingValues
  closed_greeting: SayingValues
  languages: LanguageValues[]
  language_menu: SayingValues
  ring_seconds: Count
  queue_seconds: Count
  queue_music: string
  nobody_on_duty: FallbackValues[]
  no_answer: FallbackValues[]
  voicemail: {
    greeting: SayingValues
    addressees: string[]
    transcribe: boolean
    transcript_wait_seconds: Count
    kept_days: Count
  }
  calls_per_hour: Count
}

/** What of a group is set: all but what the server gives. */
type Set = Omit<Group, 'id' | 'created_at' | 'version'>

export interface SettingsValues extends Omit<Set, 'wanted' | 'answering'> {
  time_zone: string | null
  wanted: Count
  answering: AnsweringValues
}

const SILENT: SayingValues = { text: '', language: '', voice: '', audio: '' }

const entered = (saying: Saying | null | undefined): SayingValues => ({ ...SILENT, ...saying })

export const NEW_FALLBACK: FallbackValues = { kind: 'voicemail', group: null, number: '', saying: SILENT }

export const NEW_LANGUAGE: LanguageValues = { key: '', language: null, greeting: SILENT }

const fallbackEntered = (fallback: Fallback): FallbackValues => ({
  ...NEW_FALLBACK,
  ...fallback,
  saying: entered('saying' in fallback ? fallback.saying : undefined),
})

/** All that is set, what is not entered here, too: what is left out would be as it is for a new group. */
export function valuesOf(group: Group): SettingsValues {
  const { id: _id, created_at: _created, version: _version, ...set } = group
  const answering = answeringOf(group)
  const { voicemail } = answering
  return {
    ...set,
    time_zone: group.time_zone ?? null,
    answering: {
      ...answering,
      greeting: entered(answering.greeting),
      closed_greeting: entered(answering.closed_greeting),
      languages: answering.languages.map(({ key, language, greeting }) => ({
        key,
        language,
        greeting: entered(greeting),
      })),
      language_menu: entered(answering.language_menu),
      queue_seconds: answering.queue_seconds ?? '',
      queue_music: answering.queue_music ?? '',
      nobody_on_duty: answering.nobody_on_duty.map(fallbackEntered),
      no_answer: answering.no_answer.map(fallbackEntered),
      voicemail: {
        ...voicemail,
        greeting: entered(voicemail.greeting),
        kept_days: voicemail.kept_days ?? '',
      },
      calls_per_hour: answering.calls_per_hour ?? '',
    },
  }
}

/** What is said, as the API takes it. */
function said({ text, ...others }: SayingValues): Saying | null {
  const given = Object.entries(others).filter(([, value]) => value.trim() !== '')
  return text.trim() === '' && given.length === 0 ? null : { text, ...Object.fromEntries(given) }
}

const counted = (count: Count): number | null => (count === '' ? null : Number(count))

function fallbackOf({ kind, group, number, saying }: FallbackValues): Fallback {
  if (kind === 'group') return { kind, group: group ?? '' }
  if (kind === 'number') return { kind, number }
  return kind === 'message' ? { kind, saying: said(saying) ?? { text: '' } } : { kind }
}

/** How the number is answered, as the API takes it. */
export function answeringBody(values: AnsweringValues): Answering {
  const { voicemail } = values
  return {
    ...values,
    greeting: said(values.greeting),
    closed_greeting: said(values.closed_greeting),
    languages: values.languages.map(({ key, language, greeting }) => ({
      key,
      language: language ?? '',
      greeting: said(greeting) ?? undefined,
    })),
    language_menu: said(values.language_menu),
    ring_seconds: Number(values.ring_seconds),
    queue_seconds: counted(values.queue_seconds),
    queue_music: values.queue_music.trim() || null,
    nobody_on_duty: values.nobody_on_duty.map(fallbackOf),
    no_answer: values.no_answer.map(fallbackOf),
    voicemail: {
      ...voicemail,
      greeting: said(voicemail.greeting),
      transcript_wait_seconds: Number(voicemail.transcript_wait_seconds),
      kept_days: counted(voicemail.kept_days),
    },
    calls_per_hour: counted(values.calls_per_hour),
  }
}

/** All of a group, as the API takes it. */
export function bodyOf({ answering, ...values }: SettingsValues): Schema<'GroupBody'> {
  return {
    ...values,
    wanted: Number(values.wanted),
    // The document of the API leaves open what is in there.
    answering: answeringBody(answering) as unknown as Record<string, never>,
  }
}
