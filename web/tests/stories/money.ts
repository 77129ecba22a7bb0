// Money as the stories count it: whole millionths, never floats.
import type { Locator } from '@playwright/test'

/** Of a text such as `$1,234.56` or `0.99`. */
export function millionths(text: string): bigint {
  const [, units, decimals] = /^\$?([\d,]+)(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? []
  if (units === undefined) throw new Error(`not an amount: ${text}`)
  return BigInt(units.replaceAll(',', '') + (decimals ?? '').padEnd(6, '0'))
}

/** As the app shows it: with two decimals, and with more only where they are needed. */
export function dollars(amount: bigint): string {
  const digits = amount.toString().padStart(7, '0')
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '')
  return `$${Number(digits.slice(0, -6)).toLocaleString('en-US')}.${decimals}`
}

/** What a place of a page shows. */
export async function amountAt(place: Locator): Promise<bigint> {
  return millionths((await place.textContent()) ?? '')
}

/** What an agent has of a charge: its share, in thousandths, of what is left of it without the tax, which is in the price. */
export function earned(charge: bigint, taxThousandths: bigint, shareThousandths: bigint): bigint {
  const tax = toFourDecimals(charge * taxThousandths, 1000n + taxThousandths)
  return toFourDecimals((charge - tax) * shareThousandths, 1000n)
}

/** A quotient in millionths, rounded half up to four decimals. */
function toFourDecimals(amount: bigint, by: bigint): bigint {
  const [unit, half] = [by * 100n, by * 50n]
  return ((amount + half) / unit) * 100n
}
