// A shift while it is entered, in fields named as in the API's body.
import type { Schema } from '@/api/client'
import type { Shift } from '../group'

export interface ShiftValues {
  agent: string | null
  /** 0 for Monday to 6. */
  days: string[]
  hours: string
  time_zone: string | null
  every_weeks: number | string
  from: string
  until: string
  priority: number | string
}

export function newShift(changes: Partial<ShiftValues>): ShiftValues {
  return {
    agent: null,
    days: [],
    hours: '08:00-12:00',
    time_zone: null,
    every_weeks: 1,
    from: '',
    until: '',
    priority: 1,
    ...changes,
  }
}

export function valuesOf(shift: Shift): ShiftValues {
  return {
    agent: shift.agent,
    days: shift.days.map(String),
    hours: shift.hours,
    time_zone: shift.time_zone ?? null,
    every_weeks: shift.every_weeks,
    from: shift.from ?? '',
    until: shift.until ?? '',
    priority: shift.priority,
  }
}

export function bodyOf(values: ShiftValues): Schema<'ShiftBody'> {
  return {
    agent: values.agent ?? '',
    days: values.days.map(Number).sort((one, other) => one - other),
    hours: values.hours,
    time_zone: values.time_zone,
    every_weeks: Number(values.every_weeks) || 1,
    from: values.from || null,
    until: values.until || null,
    priority: Number(values.priority) || 1,
  }
}
