// What a phone and the exchange say to each other, by Socket.IO.

/** What a call has cost so far, for who pays it. */
export interface Meter {
  seconds: number
  cost: string
  currency: string
  /** For how long the balance still allows it; null where nothing limits it. */
  remaining_seconds: number | null
}

/** What a call has cost, for who has paid it. */
export interface Charged {
  reason: string
  seconds: number
  cost: string
  currency: string
}

/** How the voices of a call travel. */
export interface Media {
  policy: 'direct' | 'relay' | 'text'
  ice_servers: RTCIceServer[]
  /** Whether this phone offers its voice, although it was called: nobody has dialled. */
  offers?: boolean
}

export interface DialRules {
  extension_length?: number
  /** Numbers that are complete with their last digit, such as those for help. */
  complete?: string[]
}

/** What WebRTC has to tell the other party. */
export interface Signal {
  description?: RTCSessionDescriptionInit
  candidate?: RTCIceCandidateInit | null
}

export type Recorded = { text: string } | { audio: string }

export interface FromExchange {
  registered: (number: string) => void
  dial_plan: (rules: DialRules) => void
  replaced: () => void
  call_request: (caller: string) => void
  callee_ringing: () => void
  call_not_possible: (reason: string) => void
  call_cancelled: () => void
  call_connected: () => void
  call_ended: () => void
  call_resumed: (call: { with: string; seconds: number }) => void
  call_charged: (charged: Charged) => void
  media: (media: Media) => void
  meter: (meter: Meter) => void
  warning: (warning: { remaining_seconds: number }) => void
  talk: (text: string) => void
  dtmf: (digits: string) => void
  signal: (signal: Signal) => void
  prompt: (prompt: { text: string; audio: string | null }) => void
  record: (asked: { max_seconds: number }) => void
  call_blocking: (numbers: string[]) => void
  error: (code: string) => void
}

export type Blocking = { action: 'list' } | { action: 'add' | 'remove'; number: string }

export interface ToExchange {
  make_call: (number: string) => void
  call_acknowledged: (caller: string) => void
  call_accepted: () => void
  call_refused: (caller: string, why: 'busy' | 'timeout') => void
  hang_up: () => void
  talk: (text: string) => void
  dtmf: (digits: string) => void
  signal: (signal: Signal) => void
  recorded: (message: Recorded) => void
  call_blocking: (what: Blocking, answer: (numbers: string[]) => void) => void
}

/** Says something that wants no answer. */
export type Say = <Event extends Exclude<keyof ToExchange, 'call_blocking'>>(
  event: Event,
  ...args: Parameters<ToExchange[Event]>
) => void
