import { locale } from '@/i18n'
import { useSession } from '@/session'

const STYLES = {
  date: { dateStyle: 'medium' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  exact: { dateStyle: 'medium', timeStyle: 'medium' },
  clock: { timeStyle: 'short' },
  second: { timeStyle: 'medium' },
} as const

export type Style = keyof typeof STYLES

export function timeText(instant: string | Date, timeZone: string, style: Style = 'moment'): string {
  return new Intl.DateTimeFormat(locale(), { ...STYLES[style], timeZone }).format(new Date(instant))
}

/** An instant in the tenant's zone, which is named when it is pointed at. */
export function Time({ at, style = 'moment' }: { at: string | null | undefined; style?: Style }) {
  const { time_zone } = useSession().tenant
  if (!at) return <span aria-hidden>–</span>
  return (
    <time dateTime={at} title={`${timeText(at, time_zone, 'exact')}, ${time_zone}`} className="figures">
      {timeText(at, time_zone, style)}
    </time>
  )
}

/** Seconds as people read them: `4:05`, `1:02:09`. */
export function durationText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const padded = (part: number) => String(part).padStart(2, '0')
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`
}

export function Duration({ seconds }: { seconds: number | null | undefined }) {
  if (seconds === null || seconds === undefined) return <span aria-hidden>–</span>
  return <span className="figures">{durationText(seconds)}</span>
}
