// The telephone: what its user does and what the exchange says, and what comes of both. It shows nothing by itself: whoever draws it is told
// that it has changed.
import { t } from '@/i18n'
import { DialPlan, PAUSE } from './dialling'
import type { Muteness } from './microphone'
import type { Charged, FromExchange, Meter, Recorded, Say } from './protocol'
import { press, type Tone } from './tones'
import { Voice } from './voice'

/** How long a phone rings, in milliseconds. */
const RINGS = 15_000
/** How long the caller's phone may take for its audio: the exchange ends the call after five seconds. */
const AUDIO = 4000
/** How long after registering the exchange says that a call goes on. */
const RESUMED = 1500
/** What says that whoever of a group was rung rings no more. */
const STOP_RINGING = ['prompt', 'media', 'talk', 'record']
/** For how long it is heard that a call is over: nobody has to put a handset down. */
const OVER = 4000
const ROLE = 'tollgate.phone.polite'
const MOST_SAID = 200

/** `over`: the call is over, or was not possible, and the handset is still off the hook. */
export type State = 'idle' | 'dialling' | 'calling' | 'ringing' | 'connecting' | 'talking' | 'over'

/** What its user is told, once. */
export type Notice =
  | { kind: 'not_possible'; reason: string }
  | { kind: 'mute'; why: Muteness }
  | { kind: 'missed'; caller: string }
  | { kind: 'over'; seconds?: number }
  | { kind: 'warning'; seconds: number }
  | { kind: 'charged'; charged: Charged }
  | { kind: 'not_taken'; code: string }
  | { kind: 'no_audio' | 'text_only' | 'lost' | 'lost_too_long' | 'unknown_code' }

export interface Said {
  id: number
  who: 'me' | 'other' | 'exchange'
  text: string
}

/** What a telephone shows and lets hear: never changed, but replaced. */
export interface Telephony {
  state: State
  heard: Tone | 'silence' | 'connecting' | 'connection'
  digits: string
  /** The number of the other party. */
  other: string
  notice?: Notice
  said: Said[]
  meter?: Meter
  /** What the last call has cost, for who has paid it. */
  charged?: Charged
  /** When the call came up. */
  since?: number
  /** For how long a message may be that is to be left. */
  messageSeconds?: number
  isHeard: boolean
  isMuted: boolean
  /** Whether call blocking was asked for, by its code. */
  asksForBlocking: boolean
}

const AT_REST: Telephony = {
  state: 'idle',
  heard: 'silence',
  digits: '',
  other: '',
  notice: undefined,
  said: [],
  meter: undefined,
  charged: undefined,
  since: undefined,
  messageSeconds: undefined,
  isHeard: false,
  isMuted: false,
  asksForBlocking: false,
}

export class Telephone {
  now: Telephony = AT_REST
  readonly #say: Say
  readonly #changed: () => void
  readonly #voice: Voice
  readonly #prompt = new Audio()
  #plan = new DialPlan()
  #timer: number | undefined
  #mute: Muteness | undefined
  #notes = 0

  constructor(say: Say, changed: () => void) {
    this.#say = say
    this.#changed = changed
    this.#voice = new Voice(new Audio(), {
      signal: (signal) => say('signal', signal),
      changed: () => this.#audioChanged(),
      mute: (why) => {
        this.#mute = why
        this.#set({ notice: { kind: 'mute', why } })
        this.#tellMute()
      },
    })
  }

  // What the user does.

  lift() {
    if (this.now.state === 'ringing') this.answer()
    else if (this.now.state === 'idle') this.#go('dialling', 'dial_tone', { ...AT_REST, said: this.now.said })
    else this.hangUp()
  }

  hangUp() {
    const { state } = this.now
    if (state === 'idle') return
    if (state === 'ringing') return this.refuse()
    if (['calling', 'connecting', 'talking'].includes(state)) this.#say('hang_up')
    this.#end('idle', 'silence')
  }

  answer() {
    if (this.now.state !== 'ringing') return
    this.#begin(true)
    this.#say('call_accepted')
    this.#go('connecting', 'connecting', { said: [] })
  }

  refuse(why: 'busy' | 'timeout' = 'busy') {
    if (this.now.state !== 'ringing') return
    const caller = this.now.other
    this.#say('call_refused', caller, why)
    this.#end('idle', 'silence', why === 'timeout' ? { kind: 'missed', caller } : undefined)
  }

  key(key: string) {
    if (this.now.state === 'idle') this.lift()
    if (this.now.state === 'dialling') return this.#dial(key)
    if (this.now.state !== 'talking' || key === '+') return
    press(key)
    this.#say('dtmf', key)
  }

  /** Calls a number that is complete. */
  call(number: string) {
    if (!['idle', 'dialling', 'over'].includes(this.now.state)) return
    this.#begin(false)
    this.#say('make_call', number)
    this.#go('calling', 'connecting', { ...AT_REST, other: number, digits: number })
  }

  write(text: string) {
    if (this.now.state !== 'talking' || !text) return
    this.#say('talk', text)
    this.#note('me', text)
  }

  /** Leaves the message that was asked for. */
  leave(message: Recorded) {
    if (this.now.messageSeconds === undefined) return
    this.#say('recorded', message)
    this.#set({ messageSeconds: undefined })
  }

  setMuted(isMuted: boolean) {
    this.#voice.isMuted = isMuted
    this.#set({ isMuted })
  }

  dismiss() {
    this.#set({ notice: undefined })
  }

  /** Call blocking is shown. */
  blockingShown() {
    this.#set({ asksForBlocking: false })
  }

  /** The phone goes elsewhere, and its call with it. */
  leaveAlone() {
    this.#end('idle', 'silence')
  }

  /** How long the call is up, in seconds. */
  seconds(): number {
    const { meter, since } = this.now
    return meter?.seconds ?? (since === undefined ? 0 : Math.floor((Date.now() - since) / 1000))
  }

  // What the exchange says.

  hear(event: string, args: unknown[]) {
    if (this.#hearsOthersRing() && STOP_RINGING.includes(event)) this.#set({ heard: 'connection' })
    const hears = this.#hears[event as keyof FromExchange] as ((...args: unknown[]) => void) | undefined
    hears?.(...args)
  }

  #hearsOthersRing() {
    return this.now.state === 'talking' && this.now.heard === 'ringing'
  }

  readonly #hears: Partial<FromExchange> = {
    registered: () => this.#registered(),
    dial_plan: (rules) => {
      this.#plan = new DialPlan(rules)
    },
    media: (media) => {
      const wasText = this.#voice.isText
      this.#voice.media = media
      // Somebody of a group has taken the call: until now there was nobody to be heard.
      const isCaller = this.now.state === 'talking' && sessionStorage.getItem(ROLE) === 'false'
      if ((isCaller && wasText) || media.offers) void this.#voice.offer()
    },
    call_request: (caller) => this.#requested(caller),
    callee_ringing: () => {
      if (this.now.state === 'calling') this.#go('calling', 'ringing')
      // A group has taken the call, and those on duty are rung.
      if (this.now.state === 'talking') this.#set({ heard: 'ringing' })
    },
    call_not_possible: (reason) => {
      const tone = reason === 'busy' || reason === 'dialed_self' ? 'busy' : 'fast_busy'
      if (this.now.state === 'calling') this.#end('over', tone, { kind: 'not_possible', reason })
    },
    call_cancelled: () => {
      const { state, other: caller } = this.now
      if (['ringing', 'connecting'].includes(state)) this.#end('idle', 'silence', { kind: 'missed', caller })
    },
    call_connected: () => this.#connected(),
    call_resumed: ({ with: other, seconds }) => {
      this.#set({ other })
      this.#begin(sessionStorage.getItem(ROLE) === 'true')
      this.#up(seconds)
      void this.#voice.resume()
    },
    signal: (signal) => {
      if (['connecting', 'talking'].includes(this.now.state)) this.#voice.signal(signal)
    },
    talk: (text) => this.#note('other', text),
    dtmf: (digits) => {
      for (const [index, key] of [...digits].entries()) setTimeout(() => press(key), 200 * index)
    },
    meter: (meter) => {
      if (this.now.state === 'talking') this.#set({ meter })
    },
    warning: ({ remaining_seconds: seconds }) => this.#set({ notice: { kind: 'warning', seconds } }),
    call_ended: () => {
      const { state } = this.now
      if (!['connecting', 'talking'].includes(state)) return
      const seconds = state === 'talking' ? this.seconds() : undefined
      this.#end('over', 'fast_busy', { kind: 'over', seconds })
    },
    call_charged: (charged) => this.#set({ meter: undefined, charged, notice: { kind: 'charged', charged } }),
    prompt: ({ text, audio }) => {
      this.#note('exchange', text)
      if (!audio) return
      this.#prompt.src = audio
      this.#prompt.play().catch(() => {})
    },
    record: ({ max_seconds }) => this.#set({ messageSeconds: max_seconds }),
    error: (code) => {
      if (code !== 'invalid_signal') this.#set({ notice: { kind: 'not_taken', code } })
    },
  }

  #registered() {
    const { state } = this.now
    if (['idle', 'dialling', 'over'].includes(state)) return
    if (state !== 'talking') return this.#end('over', 'fast_busy', { kind: 'lost' })
    this.#after(RESUMED, () => this.#end('over', 'fast_busy', { kind: 'lost_too_long' }))
  }

  #requested(caller: string) {
    if (!['idle', 'over'].includes(this.now.state)) return this.#say('call_refused', caller, 'busy')
    this.#go('ringing', 'bell', { ...AT_REST, said: this.now.said, other: caller })
    this.#say('call_acknowledged', caller)
    this.#after(RINGS, () => this.refuse('timeout'))
  }

  #connected() {
    if (this.now.state === 'calling') {
      this.#go('connecting', 'connecting')
      if (this.#voice.isText) return this.#ready({ kind: 'text_only' })
      this.#after(AUDIO, () => this.#ready({ kind: 'no_audio' }))
      void this.#voice.offer()
    } else if (this.now.state === 'connecting') {
      this.#up(0)
      if (this.#voice.isText) this.#set({ notice: { kind: 'text_only' } })
    }
  }

  #dial(key: string) {
    window.clearTimeout(this.#timer)
    const { digits, number, code } = this.#plan.key(this.now.digits, key)
    this.#set({ digits, heard: 'silence' })
    if (number) return this.call(number)
    if (code === 'call_blocking') return this.#end('idle', 'silence', undefined, { asksForBlocking: true })
    if (code === 'unknown') return this.#end('over', 'fast_busy', { kind: 'unknown_code' })
    this.#after(PAUSE, () => {
      const complete = this.#plan.afterPause(this.now.digits)
      if (complete) this.call(complete)
    })
  }

  /** Which part this phone has outlives a reload. */
  #begin(isPolite: boolean) {
    sessionStorage.setItem(ROLE, String(isPolite))
    this.#mute = undefined
    this.#voice.begin(isPolite)
  }

  #audioChanged() {
    const { isUp } = this.#voice
    const isCured = isUp && this.now.notice?.kind === 'no_audio'
    this.#set({ isHeard: isUp, notice: isCured ? undefined : this.now.notice })
    if (isUp && sessionStorage.getItem(ROLE) === 'false') this.#ready()
  }

  /** The caller's phone is ready: from here the call is answered. */
  #ready(notice?: Notice) {
    if (this.now.state !== 'connecting') return
    this.#say('call_accepted')
    if (notice) this.#set({ notice })
    this.#up(0)
  }

  #up(seconds: number) {
    this.#go('talking', 'connection', { since: Date.now() - seconds * 1000 })
    this.#tellMute()
  }

  /** Who cannot be heard says so in writing: the other would take it for a broken line. */
  #tellMute() {
    if (!this.#mute || this.now.state !== 'talking' || this.#voice.isText) return
    this.#mute = undefined
    this.write(t('(I have no microphone: I hear you, and write.)'))
  }

  #end(state: State, heard: Telephony['heard'], notice?: Notice, more: Partial<Telephony> = {}) {
    this.#voice.close()
    this.#prompt.pause()
    const { said, other } = this.now
    this.#go(state, heard, { ...AT_REST, said, other: state === 'idle' ? '' : other, notice, ...more })
    if (state === 'over') this.#after(OVER, () => this.#go('idle', 'silence', { digits: '', other: '' }))
  }

  #go(state: State, heard: Telephony['heard'], more: Partial<Telephony> = {}) {
    window.clearTimeout(this.#timer)
    this.#set({ ...more, state, heard })
  }

  #after(millis: number, then: () => void) {
    window.clearTimeout(this.#timer)
    this.#timer = window.setTimeout(then, millis)
  }

  #note(who: Said['who'], text: string) {
    this.#notes += 1
    this.#set({ said: [...this.now.said, { id: this.#notes, who, text }].slice(-MOST_SAID) })
  }

  #set(change: Partial<Telephony>) {
    this.now = { ...this.now, ...change }
    this.#changed()
  }
}
