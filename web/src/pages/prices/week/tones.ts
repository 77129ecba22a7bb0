import styles from './Week.module.css'

const TONES = [styles.tone0, styles.tone1, styles.tone2, styles.tone3, styles.tone4, styles.tone5]

/** Colour and pattern of a price. */
export function toneOf(price: number): string {
  return TONES[price % TONES.length] ?? ''
}

/** The letter of a price: after Z comes AA. */
export function letterOf(price: number): string {
  const last = String.fromCharCode(65 + (price % 26))
  return price < 26 ? last : letterOf(Math.floor(price / 26) - 1) + last
}
