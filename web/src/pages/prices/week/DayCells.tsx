import type { PointerEvent } from 'react'
import type { DayKey } from '../document'
import { briefDayName, dayName } from '../words'
import { type Cell, isIn, type Selection } from './selection'
import { letterOf, toneOf } from './tones'
import styles from './Week.module.css'
import { between, type Run } from './week'

export interface DayCellsProps {
  row: number
  day: DayKey
  runs: Run[]
  isUpright: boolean
  isPaintable: boolean
  focused: Cell
  selection: Selection | undefined
  /** What a cell costs, in words. */
  nameOf: (cell: Cell) => string[]
  focus: (cell: Cell) => void
  begin: (cell: Cell, event: PointerEvent) => void
  reach: (cell: Cell, event: PointerEvent) => void
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** The row of a day: its name, and its hours. */
export function DayCells({ row, day, runs, isUpright, ...props }: DayCellsProps) {
  const placed = (along: number) =>
    isUpright ? { gridRow: along, gridColumn: row + 2 } : { gridRow: row + 2, gridColumn: along }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of the grid
    <div role="row" tabIndex={-1} className={styles.row}>
      {/* biome-ignore lint/a11y/useSemanticElements: a heading of the grid */}
      <span
        role="rowheader"
        tabIndex={-1}
        className={`${styles.head} ${styles.day}`}
        style={placed(1)}
        title={dayName(day, 'long')}
      >
        {isUpright ? briefDayName(day) : dayName(day)}
      </span>
      {HOURS.map((hour) => {
        const cell = { row, hour }
        const isChosen = Boolean(props.selection && isIn(props.selection, cell))
        const isFocused = props.focused.row === row && props.focused.hour === hour
        const classes = [styles.cell, isChosen && styles.chosen, props.isPaintable && styles.paintable]
        return (
          // biome-ignore lint/a11y/useSemanticElements: a cell of the grid
          <div
            key={hour}
            role="gridcell"
            data-cell={`${row}-${hour}`}
            tabIndex={isFocused ? 0 : -1}
            aria-label={[dayName(day, 'long'), ...props.nameOf(cell)].join(', ')}
            aria-selected={props.isPaintable ? isChosen : undefined}
            className={classes.filter(Boolean).join(' ')}
            style={placed(hour + 2)}
            onFocus={() => props.focus(cell)}
            onPointerDown={(event) => props.begin(cell, event)}
            onPointerEnter={(event) => props.reach(cell, event)}
          >
            {between(runs, hour * 60, hour * 60 + 60).map((run) => (
              <Piece key={run.from} run={run} day={day} hour={hour} isUpright={isUpright} />
            ))}
          </div>
        )
      })}
    </div>
  )
}

/** What one window prices of an hour. */
function Piece({ run, day, hour, isUpright }: { run: Run; day: DayKey; hour: number; isUpright: boolean }) {
  if (!run.window) return null
  const percent = (minutes: number) => `${(minutes * 100) / 60}%`
  const [from, length] = [percent(run.from - hour * 60), percent(run.to - run.from)]
  const isWhole = run.to - run.from === 60
  return (
    <div
      className={`${styles.run} ${toneOf(run.window.price)} ${run.window.day === day ? styles.own : ''}`}
      style={isUpright ? { top: from, height: length } : { left: from, width: length }}
    >
      {isWhole && letterOf(run.window.price)}
    </div>
  )
}
