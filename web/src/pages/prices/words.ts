// Prices in words.
import { amountText, isZero } from '@/format/money'
import { durationText } from '@/format/time'
import { language, t } from '@/i18n'
import { DAYS, type DayKey, type PeriodPrice, type Rate, type Step, stepsOf } from './document'
import { clockOf, DAY_MINUTES, type Window } from './week/week'

/** A weekday's name; those of all days and of holidays say so. */
export function dayName(day: DayKey, weekday: 'short' | 'long' = 'short'): string {
  if (day === 'every') return t('Every day')
  if (day === 'holiday') return t('Holidays')
  // The first of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)))
  return new Intl.DateTimeFormat(language(), { weekday, timeZone: 'UTC' }).format(date)
}

/** The same where there is little room. */
export function briefDayName(day: DayKey): string {
  if (day === 'every') return t('Daily')
  return day === 'holiday' ? t('Hol.') : dayName(day)
}

/** When several windows are: `Mon–Fri 18:00–24:00, Sat all day`. */
export function windowsText(windows: Window[]): string {
  const stretchOf = ({ start, end }: Window) => stretchText(start, end)
  const stretches = [...new Set(windows.map(stretchOf))]
  const alike = (stretch: string) => windows.filter((each) => stretchOf(each) === stretch)
  return stretches.map((stretch) => `${daysText(alike(stretch).map(({ day }) => day))} ${stretch}`).join(', ')
}

/** Days in their order, three and more that follow each other as one. */
function daysText(days: DayKey[]): string {
  const runs: DayKey[][] = []
  for (const day of DAYS.filter((each) => days.includes(each))) {
    const run = runs.at(-1)
    const isNext = run && DAYS.indexOf(run.at(-1) ?? day) === DAYS.indexOf(day) - 1
    if (isNext && day !== 'every' && day !== 'holiday') run.push(day)
    else runs.push([day])
  }
  const names = (run: DayKey[]) => run.map((day) => dayName(day))
  return runs
    .map((run) => (run.length > 2 ? `${names(run).at(0)}–${names(run).at(-1)}` : names(run).join(', ')))
    .join(', ')
}

/** When a window is: `Sat 00:00–24:00`. */
export function windowText(window: Window): string {
  return `${dayName(window.day)} ${stretchText(window.start, window.end)}`
}

export function stretchText(start: number, end: number): string {
  return start === 0 && end === DAY_MINUTES ? t('all day') : `${clockOf(start)}–${clockOf(end)}`
}

/** What seconds cost: `$0.05 a minute`. */
export function perText(price: string, perSeconds: number, currency: string): string {
  const amount = amountText(price, currency)
  if (perSeconds === 60) return t('{{amount}} a minute', { amount })
  return t('{{amount}} for {{seconds}} s', { amount, seconds: perSeconds })
}

function stepText(step: Step, isOnly: boolean, currency: string): string {
  const price = perText(step.price, step.per_seconds, currency)
  if (isOnly) return price
  return t('{{price}} from {{time}}', { price, time: durationText(step.from_seconds) })
}

/** What a rate costs while one talks. */
export function rateText(rate: Rate, currency: string): string {
  const steps = stepsOf(rate)
  return steps.map((step) => stepText(step, steps.length === 1, currency)).join(', ')
}

/** How long what is charged at a time is: `60 s`, `30 s, then 6 s`. */
export function incrementsText(rate: Rate): string {
  const lengths = stepsOf(rate).map((step) => t('{{seconds}} s', { seconds: step.increment_seconds }))
  return lengths.filter((length, at) => length !== lengths[at - 1]).join(', ')
}

/** Everything about a rate, in a sentence. */
export function wholeRateText(rate: Rate, currency: string): string {
  const amount = (text: string) => amountText(text, currency)
  const parts = [
    rateText(rate, currency),
    t('charged by {{increments}}', { increments: incrementsText(rate) }),
    !isZero(rate.connect_fee) && t('connect fee {{amount}}', { amount: amount(rate.connect_fee) }),
    rate.free_below_seconds > 0 && t('free below {{seconds}} s', { seconds: rate.free_below_seconds }),
    rate.minimum_charge && t('at least {{amount}}', { amount: amount(rate.minimum_charge) }),
    rate.maximum_charge && t('at most {{amount}}', { amount: amount(rate.maximum_charge) }),
  ]
  return parts.filter(Boolean).join(' · ')
}

/** What a discount period charges. */
export function priceText(price: PeriodPrice, currency: string): string {
  if ('rate' in price) return wholeRateText(price.rate, currency)
  const isPrice = /^\d+(\.\d*)?$/.test(price.price_per_minute)
  return isPrice ? perText(price.price_per_minute, 60, currency) : t('no price yet')
}

export function kindName(kind: string): string {
  const names: Record<string, string> = {
    postpaid: t('by invoice'),
    prepaid: t('in advance'),
    fixed: t('fixed, by invoice'),
  }
  return names[kind] ?? kind
}

export function roundingName(mode: string): string {
  const names: Record<string, string> = {
    half_up: t('half up'),
    half_even: t('half to even'),
    up: t('up'),
    down: t('down'),
  }
  return names[mode] ?? mode
}
