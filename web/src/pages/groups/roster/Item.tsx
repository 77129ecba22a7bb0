import { VisuallyHidden } from '@mantine/core'
import type { CSSProperties, PointerEvent, ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { useAgentNames } from '../group'
import { gapText, hoursText, reasonText, skippedText } from '../words'
import classes from './calendar.module.css'
import type { Drawn } from './drawn'
import { useTones } from './tones'
import { clockOf } from './week'

interface ItemProps {
  drawn: Drawn
  /** How many the group wants on duty. */
  wanted: number
  /** Where it stands, in a calendar; in the flow of the page, where it stands nowhere. */
  style?: CSSProperties
  /** Whether it is at the edge of the day, where there is little room. */
  isShort?: boolean
  /** What day it is on, where it does not stand on one that says so. */
  date?: string
  /** Whether the person is not named, as it stands in a row of that person's. */
  isNameless?: boolean
  /** Opens what it is of. */
  open?: () => void
  /** Begins to drag it. */
  take?: (grip: 'move' | 'from' | 'until', drawn: Drawn, event: PointerEvent) => void
}

/** A duty, a gap, or a time in which the group is closed. */
export function Item({ drawn, wanted, style, isShort, date, isNameless, open, take }: ItemProps) {
  const { title, detail, tone, isDated, isSkipped } = useWords(drawn, wanted)
  const { part, what } = drawn
  const clocks = `${clockOf(part.from)}-${clockOf(part.to)}`
  const hours = hoursText(clocks)
  const shape = [
    classes.item,
    tone,
    isDated && classes.dated,
    isSkipped && classes.skipped,
    !drawn.begins && classes.goesOnUp,
    !drawn.ends && classes.goesOnDown,
    !style && classes.flowing,
    isShort && classes.short,
    take && classes.movable,
  ]
  const words = (
    <>
      {isNameless ? (
        <VisuallyHidden>{title}</VisuallyHidden>
      ) : (
        <span className={`${classes.line} ${classes.name}`}>{title}</span>
      )}
      <span className={`${classes.line} figures`}>{hours}</span>
    </>
  )
  const className = shape.filter(Boolean).join(' ')
  if ('gap' in what || !open)
    return (
      <div className={className} style={style} title={`${title}, ${hours}`}>
        {words}
      </div>
    )
  return (
    <button
      type="button"
      className={className}
      style={style}
      title={[title, hours, detail].filter(Boolean).join(', ')}
      onClick={open}
      onPointerDown={take ? (event) => take('move', drawn, event) : (event) => event.stopPropagation()}
    >
      {words}
      <VisuallyHidden>{[date, detail].filter(Boolean).join(', ')}</VisuallyHidden>
      {take && <Grips drawn={drawn} take={take} />}
    </button>
  )
}

/** The ends of it, by which it is made longer or shorter. */
function Grips({ drawn, take }: Required<Pick<ItemProps, 'drawn' | 'take'>>): ReactNode {
  return (
    <>
      {drawn.begins && (
        <span
          className={classes.grip}
          style={{ top: 0 }}
          data-grip="from"
          onPointerDown={(event) => take('from', drawn, event)}
        />
      )}
      {drawn.ends && (
        <span
          className={classes.grip}
          style={{ bottom: 0 }}
          data-grip="until"
          onPointerDown={(event) => take('until', drawn, event)}
        />
      )}
    </>
  )
}

function useWords({ what }: Drawn, wanted: number) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  const toneOf = useTones()
  if ('gap' in what) return { title: gapText(what.gap, wanted), tone: classes.gap }
  if ('closed' in what)
    return { title: t('Closed: {{name}}', { name: what.closed.name }), tone: classes.closed }
  const { duty } = what.spell
  return {
    title: nameOf(duty.agent),
    detail: [reasonText(duty, nameOf), skippedText(duty)].filter(Boolean).join(', '),
    tone: toneOf(duty.agent),
    isDated: !duty.shift,
    isSkipped: Boolean(duty.skipped),
  }
}
