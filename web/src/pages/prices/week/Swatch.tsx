import { letterOf, toneOf } from './tones'
import styles from './Week.module.css'

/** The mark of a price: its letter on its colour and pattern; without a price that of the plan's own. */
export function Swatch({ price }: { price: number | undefined }) {
  if (price === undefined) return <span className={`${styles.swatch} ${styles.plain}`} aria-hidden />
  return (
    <span className={`${styles.swatch} ${toneOf(price)}`} aria-hidden>
      {letterOf(price)}
    </span>
  )
}
