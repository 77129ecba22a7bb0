import type { Spell } from '../group'
import type { Drawn } from './drawn'
import type { Handling } from './useDragging'
import type { Drag, Part } from './week'

/** What can be done with a roster. */
export interface Editing extends Handling {
  /** Opens what something is of. */
  open: (drawn: Drawn) => void
  /** Whether it can be dragged. */
  isMovable: (drawn: Drawn) => boolean
  /** Makes a shift, of an agent where one is meant. */
  make: (part: Part, agent?: string) => void
}

/** What a dialog is open for. */
export type Asked =
  | { what: 'shift'; spell: Spell; drag?: Drag }
  | { what: 'new shift'; part?: Part; agent?: string }
  | { what: 'override'; id: string }
