// Calls to a group in words.
import type { Schema } from '@/api/client'
import { durationText } from '@/format/time'
import { t } from '@/i18n'

export type GroupCall = Schema<'GroupCallDocument'>

/** What became of a call. */
export function resultText(result: string): string {
  const words: Record<string, string> = {
    running: t('rings'),
    answered: t('answered'),
    message: t('left a message'),
    missed: t('missed'),
    blocked: t('refused'),
  }
  return words[result] ?? result
}

export function resultColor(result: string): string {
  const colors: Record<string, string> = { answered: 'green', missed: 'red', blocked: 'gray' }
  return colors[result] ?? 'yellow'
}

/** What came of somebody's being rung. */
export function attemptText(result: string): string {
  const words: Record<string, string> = {
    rung: t('rings'),
    accepted: t('took the call'),
    no_answer: t('did not answer'),
    busy: t('was busy'),
    unreachable: t('could not be reached'),
    declined: t('passed it on'),
    unconfirmed: t('took the phone up and pressed nothing'),
    withdrawn: t('rang until it was over'),
    transferred: t('took the call and passed it on'),
  }
  return words[result] ?? result
}

/** For how long the caller waited until somebody answered, or the call was over; nothing, while it rings. */
export function waitedText({ called_at, answered_at, ended_at }: GroupCall): string {
  const until = answered_at ?? ended_at
  return until
    ? durationText(Math.max(0, Math.round((Date.parse(until) - Date.parse(called_at)) / 1000)))
    : '…'
}

/** What came of calling somebody back. */
export function backText(result: string): string {
  const words: Record<string, string> = {
    running: t('rings'),
    answered: t('talked'),
  }
  return words[result] ?? t('not reached')
}

/** Why who has called cannot be called back; nothing, where the number is known. */
export function notKnownText(caller: string): string | undefined {
  if (!caller) return t('It is not known any more who called.')
  if (caller === 'anonymous') return t('The number was withheld, or the group keeps none.')
  if (caller.startsWith('caller-'))
    return t(
      'The group keeps no numbers of its callers. It does once its settings say that callers are shown.',
    )
  return undefined
}

/** Whether somebody is being called back just now: then it is asked soon how that goes on. */
export function isCallingBack(rows: { called_back?: GroupCall['called_back'] }[] | undefined): boolean {
  return Boolean(rows?.some(({ called_back }) => called_back?.result === 'running'))
}
