import { Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react'
import { useTranslation } from '@/i18n'
import type { DayKey, Rate } from '../document'
import { dayName, priceText, rateText, windowText } from '../words'
import { DayCells, type DayCellsProps } from './DayCells'
import { Swatch } from './Swatch'
import { type Area, areaOf, type Cell, moved, type Selection } from './selection'
import styles from './Week.module.css'
import { between, clockOf, runsOf, type Week, type Window } from './week'

interface WeekGridProps {
  week: Week
  currency: string
  /** The plan's own rate. */
  base: Rate | null
  rows: DayKey[]
  /** What can be done with it, where something can. */
  edit?: WeekEdit
}

export interface WeekEdit {
  paint: (area: Area) => void
  erase: (area: Area) => void
  /** Opens the window at a cell. */
  open: (window: Window) => void
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** The week by hours: what prices each. It is read, and painted, with the mouse or the keyboard. */
export function WeekGrid({ week, currency, base, rows, edit }: WeekGridProps) {
  const { t } = useTranslation()
  const isUpright = useMediaQuery('(max-width: 62em)') ?? false
  const grid = useRef<HTMLDivElement>(null)
  const [focused, setFocused] = useState<Cell>({ row: 0, hour: 0 })
  const [pointed, setPointed] = useState<Cell>()
  const [selection, setSelection] = useState<Selection>()
  const runs = useMemo(() => rows.map((row) => runsOf(row, week.windows)), [rows, week.windows])
  const words = { currency, base, week }
  const partsAt = ({ row, hour }: Cell) => between(runs[row] ?? [], hour * 60, hour * 60 + 60)

  const go = (to: Cell, anchor: Cell) => {
    setFocused(to)
    setPointed(undefined)
    setSelection(edit && { anchor, head: to })
    grid.current?.querySelector<HTMLElement>(`[data-cell="${to.row}-${to.hour}"]`)?.focus()
  }
  const press = (event: KeyboardEvent) => {
    const to = moved(focused, event.key, rows.length, isUpright)
    const chosen = selection ?? { anchor: focused, head: focused }
    const window = partsAt(focused).find((part) => part.window)?.window
    const acts: Record<string, (() => void) | undefined> = {
      ' ': edit && (() => edit.paint(areaOf(chosen, rows))),
      Delete: edit && (() => edit.erase(areaOf(chosen, rows))),
      Backspace: edit && (() => edit.erase(areaOf(chosen, rows))),
      Enter: edit && window && (() => edit.open(window)),
      Escape: selection && (() => setSelection(undefined)),
    }
    const act = to ? () => go(to, event.shiftKey ? chosen.anchor : to) : acts[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const begin = (cell: Cell, event: PointerEvent) => {
    setFocused(cell)
    if (edit && event.button === 0) setSelection({ anchor: cell, head: cell })
  }
  const reach = (cell: Cell, event: PointerEvent) => {
    setPointed(cell)
    const isDragged = event.pointerType === 'mouse' && event.buttons === 1
    if (isDragged && selection) setSelection({ ...selection, head: cell })
  }
  const end = () => {
    if (edit && selection) edit.paint(areaOf(selection, rows))
    setSelection(undefined)
  }
  const cells: Omit<DayCellsProps, 'row' | 'day' | 'runs'> = {
    isUpright,
    isPaintable: Boolean(edit),
    focused,
    selection,
    nameOf: (cell) => partsAt(cell).map((part) => partText(part, words)),
    focus: setFocused,
    begin,
    reach,
  }
  return (
    <Stack gap={6}>
      <div className={styles.scroller}>
        {/* biome-ignore lint/a11y/useSemanticElements: what is painted is a grid, and no table element is one */}
        <div
          ref={grid}
          role="grid"
          aria-label={t('Prices of the week by hours')}
          aria-multiselectable={Boolean(edit)}
          className={`${styles.grid} ${isUpright ? styles.upright : ''}`}
          style={{ '--days': rows.length } as CSSProperties}
          tabIndex={-1}
          onKeyDown={press}
          onPointerUp={end}
          onPointerLeave={() => setPointed(undefined)}
          onPointerCancel={() => setSelection(undefined)}
        >
          <Hours isUpright={isUpright} />
          {rows.map((day, row) => (
            <DayCells key={day} {...cells} row={row} day={day} runs={runs[row] ?? []} />
          ))}
        </div>
      </div>
      <Readout cell={pointed ?? focused} rows={rows} parts={partsAt(pointed ?? focused)} words={words} />
    </Stack>
  )
}

function Hours({ isUpright }: { isUpright: boolean }) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of the grid
    <div role="row" tabIndex={-1} className={styles.row}>
      {/* biome-ignore lint/a11y/useSemanticElements: a heading of the grid */}
      <span role="columnheader" tabIndex={-1} style={{ gridRow: 1, gridColumn: 1 }} className={styles.head}>
        <VisuallyHidden>{t('Day')}</VisuallyHidden>
      </span>
      {HOURS.map((hour) => (
        // biome-ignore lint/a11y/useSemanticElements: a heading of the grid
        <span
          key={hour}
          role="columnheader"
          tabIndex={-1}
          className={`${styles.head} ${styles.hour}`}
          style={isUpright ? { gridRow: hour + 2, gridColumn: 1 } : { gridRow: 1, gridColumn: hour + 2 }}
        >
          {isUpright ? clockOf(hour * 60) : hour}
        </span>
      ))}
    </div>
  )
}

interface Words {
  week: Week
  currency: string
  base: Rate | null
}

interface Part {
  from: number
  to: number
  window: Window | undefined
}

function partText({ from, to, window }: Part, { week, currency, base }: Words): string {
  const price = window && week.prices[window.price]
  const own = base ? rateText(base, currency) : ''
  return `${clockOf(from)}–${clockOf(to)} ${price ? priceText(price, currency) : own}`
}

/** What the cell costs that is pointed at, or has the focus. */
function Readout({ cell, rows, parts, words }: { cell: Cell; rows: DayKey[]; parts: Part[]; words: Words }) {
  const { t } = useTranslation()
  const day = rows[cell.row] ?? 'mon'
  return (
    <Stack gap={4} mih={28} aria-hidden>
      {parts.map((part) => (
        <Group key={part.from} gap="xs" wrap="nowrap">
          <Swatch price={part.window?.price} />
          <Text size="sm">
            <Text span inherit fw={600}>
              {dayName(day, 'long')}
            </Text>{' '}
            {partText(part, words)}
            <Text span inherit c="dimmed">
              {' · '}
              {part.window ? windowText(part.window) : outside(day, t)}
            </Text>
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function outside(day: DayKey, t: ReturnType<typeof useTranslation>['t']): string {
  return day === 'holiday' ? t('as on the day of the week') : t("the plan's own price")
}
