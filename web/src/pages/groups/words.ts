import { timeText } from '@/format/time'
import { t } from '@/i18n'
import { DAYS } from '@/pages/prices/document'
import { dayName } from '@/pages/prices/words'
import type { Duty, Gap, Override, Shift } from './group'

/** What a caller comes to where too few are on duty. */
export function gapText({ staffed }: Pick<Gap, 'staffed'>, wanted: number): string {
  if (staffed === 0) return t('Calls go to voicemail')
  return t('{{staffed}} of {{wanted}} on duty', { staffed, wanted })
}

/** Hours as people read them: `08:00–14:00`, and a day from midnight to midnight as such. */
export function hoursText(hours: string): string {
  return hours === '00:00-00:00' ? t('the whole day') : hours.replace('-', '–')
}

/** What puts an agent on duty. */
export function reasonText({ shift, in_place_of }: Duty, nameOf: (id: string) => string): string {
  if (shift) return t('by a weekly shift')
  if (in_place_of) return t('in the place of {{name}}, on this date alone', { name: nameOf(in_place_of) })
  return t('added, on this date alone')
}

/** Why an agent on duty is not rung all the same. */
export function skippedText({ skipped }: Duty): string | undefined {
  if (skipped === 'blackout') return t('not rung: takes no shift on that date')
  if (skipped === 'busy') return t('not rung: in a call')
  return skipped ? t('not rung: away') : undefined
}

/** On which days of the week a shift begins, and when. */
export function weeklyText({ days, hours, every_weeks }: Shift): string {
  const names = days.length === 7 ? t('every day') : days.map((day) => dayName(DAYS[day] ?? 'mon')).join(', ')
  const often = every_weeks > 1 ? t('every {{count}} weeks', { count: every_weeks }) : undefined
  return [names, hoursText(hours), often].filter(Boolean).join(' · ')
}

/** What a change for a date changes. */
export function changeText(change: Override, nameOf: (id: string | null | undefined) => string): string {
  const [name, by] = [nameOf(change.agent), nameOf(change.by)]
  if (change.kind === 'closed') return t('Closed: {{name}}', { name: change.name ?? '' })
  if (change.kind === 'remove') return t('{{name}} is not on duty', { name })
  if (change.kind === 'replace') return t('{{by}} is on duty in the place of {{name}}', { by, name })
  return t('{{name}} is on duty as well', { name })
}

/** From when to when, in a zone: the date of the end only where it is another. */
export function spanText(from: string, until: string, zone: string): string {
  const isSameDay = timeText(from, zone, 'date') === timeText(until, zone, 'date')
  return `${timeText(from, zone)} – ${timeText(until, zone, isSameDay ? 'clock' : 'moment')}`
}

/** Who calls: the number, or what stands in its place. */
export function callerText(caller: string): string {
  return caller === 'anonymous' ? t('Anonymous caller') : caller.replace(/^caller-/, `${t('Caller')} `)
}
