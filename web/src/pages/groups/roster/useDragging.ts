import { type PointerEvent, useRef, useState } from 'react'
import type { Spell } from '../group'
import type { Drawn } from './drawn'
import { DAY_MINUTES, type Drag, type Part, STILL } from './week'

/** What is dragged comes to rest at each of these many minutes. */
const STEP = 15
/** What is made anew, at each of these. */
const NEW_STEP = 30
/** How long a shift is that is made by a click, in minutes. */
const NEW_LENGTH = 240
/** How far the pointer goes before it drags, in pixels: whoever clicks trembles. */
const TREMBLE = 5

export interface Handling {
  /** Makes a shift there. */
  make: (part: Part) => void
  /** A duty has been dragged. */
  drag: (spell: Spell, drag: Drag) => void
}

type Grip = 'move' | 'from' | 'until' | 'new'

interface Held {
  grip: Grip
  /** What is dragged; nothing yet, where something is made. */
  drawn?: Drawn
  /** Where it was taken. */
  x: number
  y: number
  from: Part
  drag: Drag
  isMoving: boolean
}

/** Has duties moved and made longer or shorter with the mouse, and new ones drawn. By touch a page is scrolled: there is the dialog for that. */
export function useDragging(handling: Handling | undefined) {
  const body = useRef<HTMLDivElement>(null)
  const [held, hold] = useState<Held>()
  const take = (grip: Grip, from: Part, event: PointerEvent, drawn?: Drawn) => {
    if (!handling || event.button !== 0 || event.pointerType === 'touch') return
    event.stopPropagation()
    hold({ grip, drawn, x: event.clientX, y: event.clientY, from, drag: STILL, isMoving: false })
  }
  const move = (event: PointerEvent) => {
    if (!held || !body.current) return
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y]
    const isMoving = held.isMoving || Math.hypot(dx, dy) > TREMBLE
    if (!isMoving) return
    // Only now, so that a click is one on what was clicked.
    body.current.setPointerCapture(event.pointerId)
    const day = body.current.querySelector('[data-day]')?.getBoundingClientRect()
    if (day) hold({ ...held, isMoving, drag: dragOf(held, dx / day.width, (dy / day.height) * DAY_MINUTES) })
  }
  const release = () => {
    if (held && handling) {
      const { grip, drawn, from, drag, isMoving } = held
      if (grip === 'new')
        handling.make(
          isMoving ? outline(from, drag) : { ...from, to: Math.min(from.from + NEW_LENGTH, 1440) },
        )
      else if (isMoving && !isStill(drag) && drawn && 'spell' in drawn.what)
        handling.drag(drawn.what.spell, drag)
    }
    hold(undefined)
  }
  const begin = (day: number, event: PointerEvent<HTMLElement>) => {
    const { top, height } = event.currentTarget.getBoundingClientRect()
    const minute = ((event.clientY - top) / height) * DAY_MINUTES
    const from = Math.floor(minute / NEW_STEP) * NEW_STEP
    take('new', { day, from, to: from + NEW_STEP }, event)
  }
  return {
    body,
    /** What it will be, while it is dragged. */
    ghost: held?.isMoving ? outline(held.from, held.drag) : undefined,
    /** Begins to drag a duty, or one of its ends. */
    take: (grip: Grip, drawn: Drawn, event: PointerEvent) => take(grip, drawn.part, event, drawn),
    /** Begins to draw a new one. */
    begin,
    handlers: { onPointerMove: move, onPointerUp: release, onPointerCancel: () => hold(undefined) },
  }
}

const isStill = ({ days, from, until }: Drag) => days === 0 && from === 0 && until === 0

const bound = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

function dragOf({ grip, from: part, drawn }: Held, columns: number, minutes: number): Drag {
  const step = grip === 'new' ? NEW_STEP : STEP
  const by = Math.round(minutes / step) * step
  if (grip === 'move') {
    // What a day shows of it stays on a day: its beginning, or else its end.
    const stays = drawn?.begins
      ? bound(by, -part.from, DAY_MINUTES - STEP - part.from)
      : bound(by, STEP - part.to, DAY_MINUTES - part.to)
    return { days: bound(Math.round(columns), -part.day, 6 - part.day), from: stays, until: stays }
  }
  if (grip === 'from') return { ...STILL, from: bound(by, -part.from, part.to - STEP - part.from) }
  const least = grip === 'new' ? -part.from : part.from + STEP - part.to
  return { ...STILL, until: bound(by, least, DAY_MINUTES - part.to) }
}

/** Where it is once it is dragged that far; what is drawn upwards begins where the pointer is. */
function outline({ day, from, to }: Part, drag: Drag): Part {
  const [begins, ends] = [from + drag.from, to + drag.until]
  return ends > begins
    ? { day: day + drag.days, from: Math.max(begins, 0), to: Math.min(ends, DAY_MINUTES) }
    : { day, from: Math.max(ends - NEW_STEP, 0), to }
}
