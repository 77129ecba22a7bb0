// Decimals as people type them, and as the API takes them. They stay text: none becomes a float.

/** What was typed with a decimal comma or point, with a point. */
export function decimal(typed: string): string {
  const text = typed.replace(/\s/g, '')
  return /^-?\d*,\d+$/.test(text) ? text.replace(',', '.') : text
}

/** The decimal with its point moved so many places to the right (to the left, if negative): 0.13 by 2 is 13. */
export function shifted(text: string, places: number): string {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(text)
  if (!match || text === '' || text === '.') return text
  const [, whole = '', fraction = ''] = match
  const digits = whole + fraction
  const point = whole.length + places
  const padded = point > digits.length ? digits.padEnd(point, '0') : digits
  const [left, right] =
    point <= 0
      ? ['', padded.padStart(digits.length - point, '0')]
      : [padded.slice(0, point), padded.slice(point)]
  const decimals = right.replace(/0+$/, '')
  return (left.replace(/^0+(?=\d)/, '') || '0') + (decimals ? `.${decimals}` : '')
}
