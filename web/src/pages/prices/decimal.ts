// Sums of decimal text, to the millionth, as the server does them: no floats.

const MILLION = 1_000_000n

function millionths(text: string): bigint | undefined {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim()) ?? []
  return whole === undefined ? undefined : BigInt(whole) * MILLION + BigInt(decimals.padEnd(6, '0'))
}

/** A price that is so many percent less, half up; undefined where there is no price. */
export function lessPercent(price: string, percent: number): string | undefined {
  const whole = millionths(price)
  if (whole === undefined) return undefined
  const left = (whole * BigInt(100 - Math.round(percent)) + 50n) / 100n
  const decimals = String(left % MILLION).padStart(6, '0')
  const shown = decimals.replace(/0{1,4}$/, '')
  return `${left / MILLION}.${shown}`
}
