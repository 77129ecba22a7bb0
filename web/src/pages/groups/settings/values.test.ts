import { expect, test } from 'vitest'
import type { Group } from '../group'
import { bodyOf, valuesOf } from './values'

/** With something in every field. */
const answering = {
  greeting: { text: 'Hello.\nHow are you?', language: 'en-GB', voice: 'Amy' },
  closed_greeting: { text: 'We are closed.', audio: 'https://example.org/closed.wav' },
  languages: [
    { key: '1', language: 'en' },
    { key: '2', language: 'es', greeting: { text: 'Hola.' } },
  ],
  language_menu: { text: '1 for English, 2 for Spanish.' },
  strategy: 'longest_idle',
  ring_seconds: 25,
  screening: false,
  only_confirmed_phones: false,
  queue_seconds: 120,
  queue_music: 'sound:rain',
  nobody_on_duty: [
    { kind: 'group', group: 'grp_2' },
    { kind: 'number', number: '0042' },
    { kind: 'voicemail' },
  ],
  no_answer: [{ kind: 'message', saying: { text: 'Call tomorrow.' } }],
  voicemail: {
    greeting: { text: 'Speak.' },
    addressees: ['desk@example.org'],
    transcribe: false,
    transcript_wait_seconds: 0,
    kept_days: 7,
  },
  blocked: ['+441632960777'],
  anonymous: false,
  calls_per_hour: 5,
  callers: 'shown',
  missed_calls_to: ['lead@example.org'],
}

const group = {
  id: 'grp_1',
  name: 'Night line',
  time_zone: 'Europe/London',
  wanted: 2,
  numbers: ['0700'],
  answering,
  reminders: { enabled: false, at: '07:05' },
  swaps: 'approved',
  created_at: '2026-10-15T12:00:00Z',
  version: 3,
}

const sent = (given: object) => JSON.parse(JSON.stringify(bodyOf(valuesOf(given as unknown as Group))))

test('what is not changed is sent as it came', () => {
  const { id, created_at, version, ...body } = group
  expect(sent(group)).toEqual(body)
})

test('what is empty is none', () => {
  const none = {
    ...answering,
    greeting: null,
    closed_greeting: null,
    languages: [],
    language_menu: null,
    queue_seconds: null,
    queue_music: null,
    nobody_on_duty: [],
    calls_per_hour: null,
    voicemail: { ...answering.voicemail, greeting: null, kept_days: null },
  }
  expect(sent({ ...group, time_zone: null, answering: none })).toMatchObject({
    time_zone: null,
    answering: none,
  })
})
