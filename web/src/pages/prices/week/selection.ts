import type { DayKey } from '../document'

/** A cell of the grid, by its row and its hour. */
export interface Cell {
  row: number
  hour: number
}

/** The cells from one corner to the other. */
export interface Selection {
  anchor: Cell
  head: Cell
}

/** What is chosen: whole hours of days. */
export interface Area {
  days: DayKey[]
  from: number
  to: number
}

export function areaOf({ anchor, head }: Selection, rows: DayKey[]): Area {
  const [top, bottom] = [Math.min(anchor.row, head.row), Math.max(anchor.row, head.row)]
  const [left, right] = [Math.min(anchor.hour, head.hour), Math.max(anchor.hour, head.hour)]
  return { days: rows.slice(top, bottom + 1), from: left * 60, to: (right + 1) * 60 }
}

export function isIn({ anchor, head }: Selection, { row, hour }: Cell): boolean {
  const within = (value: number, one: number, other: number) =>
    value >= Math.min(one, other) && value <= Math.max(one, other)
  return within(row, anchor.row, head.row) && within(hour, anchor.hour, head.hour)
}

/** Where a key leads from a cell; undefined for other keys. Upright, the hours go down. */
export function moved(cell: Cell, key: string, rows: number, isUpright: boolean): Cell | undefined {
  const [along, across] = isUpright
    ? [
        ['ArrowUp', 'ArrowDown'],
        ['ArrowLeft', 'ArrowRight'],
      ]
    : [
        ['ArrowLeft', 'ArrowRight'],
        ['ArrowUp', 'ArrowDown'],
      ]
  const step = ([back, on]: string[]) => (key === back ? -1 : key === on ? 1 : 0)
  const bound = (value: number, most: number) => Math.max(0, Math.min(most, value))
  if (key === 'Home') return { ...cell, hour: 0 }
  if (key === 'End') return { ...cell, hour: 23 }
  const [hours, days] = [step(along ?? []), step(across ?? [])]
  if (hours === 0 && days === 0) return undefined
  return { row: bound(cell.row + days, rows - 1), hour: bound(cell.hour + hours, 23) }
}
