// What callers come to, in sentences.
import { language, t } from '@/i18n'
import { languageName } from '@/pages/agents/languages'
import type { Callers, Fallback, Strategy } from './answering'
import type { AnsweringValues, FallbackValues, SayingValues } from './values'

export function strategyName(strategy: Strategy): string {
  const names: Record<Strategy, string> = {
    sequential: t('In the order of the roster'),
    simultaneous: t('All at once'),
    random: t('By lot'),
    longest_idle: t('The longest idle first'),
  }
  return names[strategy]
}

export function strategyHelp(strategy: Strategy): string {
  const help: Record<Strategy, string> = {
    sequential: t('One after another, the lowest priority first.'),
    simultaneous: t('Whoever takes the call first has it; the others are told so.'),
    random: t('One after another, in another order each time.'),
    longest_idle: t('One after another: first whose last call is the longest ago.'),
  }
  return help[strategy]
}

export function callersName(callers: Callers): string {
  const names: Record<Callers, string> = {
    shown: t('Their number'),
    pseudonym: t('A name in its place'),
    nothing: t('Nothing'),
  }
  return names[callers]
}

export function callersHelp(callers: Callers): string {
  const help: Record<Callers, string> = {
    shown: t('It stands at calls and messages, for the staff.'),
    pseudonym: t('Whoever calls again has the same name, and nobody can tell the number.'),
    nothing: t('All callers are anonymous.'),
  }
  return help[callers]
}

export function kindNames(): Record<Fallback['kind'], string> {
  return {
    group: t('Another group'),
    number: t('A number'),
    voicemail: t('Voicemail'),
    message: t('A last word'),
  }
}

/** The story of a call, a sentence a step. */
export function storyOf(answering: AnsweringValues, groupName: (id: string | null) => string): string[] {
  const { greeting, closed_greeting, languages, language_menu } = answering
  const hasMenu = languages.length > 0
  return [
    hasMenu && heard(language_menu, t('Callers hear: {{what}}')),
    hasMenu && t('By a key they choose their language: {{keys}}.', { keys: keysText(answering) }),
    heard(greeting, t('Callers hear: {{what}}')) || t('Callers hear no greeting.'),
    heard(closed_greeting, t('On closed days they hear instead: {{what}}')),
    ringText(answering),
    answering.screening &&
      t('On an ordinary phone whoever takes it up presses 1 to take the call, so that no mailbox does.'),
    queueText(answering),
    t('If nobody answers, {{what}}.', { what: chainText(answering.no_answer, groupName) }),
    t('If nobody is on duty, {{what}}.', { what: chainText(answering.nobody_on_duty, groupName) }),
  ].filter((step): step is string => Boolean(step))
}

/** What is heard, in a sentence that has a place for it; nothing, where there is nothing. */
function heard({ text, audio }: SayingValues, sentence: string): string {
  // What was brought in here says what the text says.
  const elsewhere = audio.startsWith('file:') ? '' : audio
  const what = elsewhere || (text.trim() && t('“{{words}}”', { words: text.trim().replaceAll('\n', ' ') }))
  return what && sentence.replace('{{what}}', () => what)
}

function keysText({ languages }: AnsweringValues): string {
  const name = (tag: string | null) => (tag ? languageName(tag, language()) : '…')
  return languages.map((choice) => `${choice.key} ${name(choice.language)}`).join(', ')
}

function ringText({ strategy, ring_seconds }: AnsweringValues): string {
  const seconds = ring_seconds
  if (strategy === 'simultaneous')
    return t('The phones of all who are on duty ring at once, for {{seconds}} seconds.', { seconds })
  if (strategy === 'random')
    return t('One after another of those on duty is rung, by lot, each for {{seconds}} seconds.', { seconds })
  if (strategy === 'longest_idle')
    return t(
      'One after another of those on duty is rung, whose last call is the longest ago first, each for {{seconds}} seconds.',
      { seconds },
    )
  return t('One after another of those on duty is rung, as the roster says, each for {{seconds}} seconds.', {
    seconds,
  })
}

function queueText({ queue_seconds }: AnsweringValues): string {
  if (queue_seconds === '') return t('If all of them are busy, it goes on as if nobody answered.')
  return t('If all of them are busy, callers wait with music, for {{seconds}} seconds at most.', {
    seconds: queue_seconds,
  })
}

/** What follows, up to what ends the call. */
function chainText(chain: FallbackValues[], groupName: (id: string | null) => string): string {
  const steps: string[] = []
  for (const { kind, group, number, saying } of chain) {
    if (kind === 'voicemail') return [...steps, t('they leave a message')].join(t(', then '))
    if (kind === 'message')
      return [...steps, heard(saying, t('they hear {{what}}, and the call ends')) || '…'].join(t(', then '))
    steps.push(
      kind === 'group'
        ? t('the group {{name}} is called', { name: groupName(group) })
        : t('{{number}} is called', { number: number || '…' }),
    )
  }
  return [...steps, t('they hear that nobody is there, and the call ends')].join(t(', then '))
}
