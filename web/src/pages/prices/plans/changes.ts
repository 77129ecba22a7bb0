// What differs between two versions of a plan.
import { amountText } from '@/format/money'
import { t } from '@/i18n'
import type { Plan } from '../document'
import { weekOf } from '../week/week'
import { priceText, roundingName, wholeRateText, windowText } from '../words'

export interface Change {
  name: string
  before: string
  after: string
}

/** Each thing about a plan, in words. */
function facts(plan: Plan): Record<string, string> {
  const none = '–'
  const amount = (text: string | null) => (text === null ? none : amountText(text, plan.currency))
  return {
    [t('Name')]: plan.name,
    [t('Monthly fee')]: amount(plan.monthly_fee),
    [t('Calls')]: plan.rate ? fullText(plan) : none,
    [t('Included minutes')]: String(plan.included_minutes),
    [t('Message')]: amount(plan.message_price),
    [t('Time zone')]: plan.time_zone ?? t('of the house'),
    [t('Holidays')]: plan.holidays?.join(', ') ?? t('of the house'),
    [t('Numbers without an entry')]:
      plan.unlisted === 'refuse' ? t('are refused') : t("at the plan's own price"),
  }
}

function fullText({ rate, currency }: Plan): string {
  if (!rate) return ''
  const { decimals, mode } = rate.rounding
  return `${wholeRateText(rate, currency)} · ${t('{{decimals}} decimals, {{mode}}', { decimals, mode: roundingName(mode) })}`
}

function periodFacts(plan: Plan): string[] {
  const { prices, windows } = weekOf(plan.discount_periods)
  return windows.map((window) => {
    const price = prices[window.price]
    return `${windowText(window)}: ${price ? priceText(price, plan.currency) : ''}`
  })
}

export function changesBetween(before: Plan, after: Plan, deckName: (id: string) => string): Change[] {
  const [old, now] = [facts(before), facts(after)]
  const deck = (plan: Plan) => (plan.deck ? deckName(plan.deck) : '–')
  old[t('Rate deck')] = deck(before)
  now[t('Rate deck')] = deck(after)
  const changed = Object.keys(now).flatMap((name) =>
    old[name] === now[name] ? [] : [{ name, before: old[name] ?? '', after: now[name] ?? '' }],
  )
  const [were, are] = [periodFacts(before), periodFacts(after)]
  const gone = were.filter((period) => !are.includes(period))
  const come = are.filter((period) => !were.includes(period))
  const periods = {
    name: t('Discount periods'),
    before: gone.join('; ') || '–',
    after: come.join('; ') || '–',
  }
  return gone.length + come.length > 0 ? [...changed, periods] : changed
}
