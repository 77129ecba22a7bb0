// The user's phone: one for the whole app, outside of its pages, so that a call survives whatever page is gone to.
import { useSyncExternalStore } from 'react'
import { announce } from './announcing'
import { type Choice, choose, chosen, onChosen } from './choice'
import { Exchange, type Line } from './exchange'
import type { Blocking } from './protocol'
import { Tab } from './tab'
import { Telephone, type Telephony } from './telephone'
import { play, type Tone } from './tones'

/** `elsewhere`: in another tab, or in another place altogether. */
export type Place = 'off' | 'elsewhere' | 'registering' | 'ready' | 'lost' | 'refused'

/** Somebody who was called by name. */
export interface Called {
  number: string
  name: string
  /** The agent's id. */
  agent: string
}

export interface PhoneNow extends Telephony {
  place: Place
  line: Line | undefined
  /** Why the phone is refused. */
  why?: string
  called?: Called
}

const CALLED = 'tollgate.phone.called'
const SOUNDS = ['dial_tone', 'ringing', 'busy', 'fast_busy', 'bell']

class Phone {
  readonly #watchers = new Set<() => void>()
  readonly #telephone = new Telephone(
    (event, ...args) => this.#exchange?.say(event, ...args),
    () => this.#changed(),
  )
  #user: string | undefined
  #choice: Choice = { line: undefined, isOn: false }
  #tab: Tab | undefined
  #exchange: Exchange | undefined
  #place: Place = 'off'
  #why: string | undefined
  #called: Called | undefined = JSON.parse(sessionStorage.getItem(CALLED) ?? 'null') ?? undefined
  #calls: Called | undefined
  #forget = () => {}
  #now: PhoneNow = { ...this.#telephone.now, place: 'off', line: undefined }

  /** What the phone's buttons do. */
  get telephone(): Pick<
    Telephone,
    'lift' | 'hangUp' | 'answer' | 'refuse' | 'key' | 'call' | 'write' | 'leave'
  > &
    Pick<Telephone, 'setMuted' | 'dismiss' | 'blockingShown' | 'seconds'> {
    return this.#telephone
  }

  /** Whose phone it is: it comes on, if that user has left it on. */
  belongTo(user: string) {
    if (user === this.#user) return
    this.#user = user
    this.#forget()
    this.#forget = onChosen(user, () => this.#follow())
    this.#follow()
  }

  switchOn(line: Line) {
    this.#choose({ line, isOn: true })
    // A browser lets ask for this when something was pressed.
    if ('Notification' in window && Notification.permission === 'default')
      void Notification.requestPermission()
  }

  switchOff() {
    this.#telephone.hangUp()
    this.#choose({ line: this.#choice.line, isOn: false })
  }

  /** Takes the phone, and its call, from where it is. */
  takeHere() {
    this.#tab?.steal()
  }

  /** Calls somebody by name, as soon as the phone is on. */
  callBy(called: Called) {
    this.#called = called
    sessionStorage.setItem(CALLED, JSON.stringify(called))
    if (this.#place === 'ready') return this.#telephone.call(called.number)
    this.#calls = called
    this.#changed()
  }

  blocking(what: Blocking): Promise<string[]> {
    return this.#exchange?.blocking(what) ?? Promise.reject(new Error('off'))
  }

  watch = (watcher: () => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  now = () => this.#now

  #choose(choice: Choice) {
    if (this.#user) choose(this.#user, choice)
    this.#follow()
  }

  /** Does what was chosen, in this tab or in another. */
  #follow() {
    const before = this.#choice
    this.#choice = this.#user ? chosen(this.#user) : before
    const { line, isOn } = this.#choice
    const isSame = isOn === before.isOn && line?.id === before.line?.id
    if (isSame && this.#tab) return this.#changed()
    this.#close()
    this.#tab?.close()
    this.#tab = undefined
    this.#move('off')
    if (isOn && line)
      this.#tab = new Tab(`tollgate.phone.${this.#user}`, {
        granted: () => this.#register(line),
        elsewhere: () => this.#goElsewhere(),
      })
  }

  #register(line: Line) {
    this.#close()
    this.#move('registering')
    this.#exchange = new Exchange(line, {
      heard: (event, args) => this.#heard(event, args),
      lost: () => this.#move('lost'),
      refused: (why) => {
        this.#close()
        this.#move('refused', why)
      },
    })
  }

  #heard(event: string, args: unknown[]) {
    if (event === 'replaced') return this.#goElsewhere()
    this.#telephone.hear(event, args)
    if (event !== 'registered') return
    this.#move('ready')
    const calls = this.#calls
    this.#calls = undefined
    if (calls) this.#telephone.call(calls.number)
  }

  /** Without hanging up: a call goes on there. */
  #goElsewhere() {
    this.#close()
    this.#move('elsewhere')
  }

  #close() {
    this.#exchange?.close()
    this.#exchange = undefined
    this.#telephone.leaveAlone()
  }

  #move(place: Place, why?: string) {
    this.#place = place
    this.#why = why
    this.#changed()
  }

  #changed() {
    const { heard, state, other } = this.#telephone.now
    // Another call than the one by name. One that is resumed may be told by the number of the phone that has answered.
    const isAnother = state === 'ringing' || (state === 'calling' && other !== this.#called?.number)
    if (this.#called && isAnother) {
      this.#called = undefined
      sessionStorage.removeItem(CALLED)
    }
    this.#now = {
      ...this.#telephone.now,
      place: this.#place,
      line: this.#choice.line,
      why: this.#why,
      called: this.#called,
    }
    play(SOUNDS.includes(heard) ? (heard as Tone) : undefined)
    announce(state === 'ringing' ? other : undefined)
    for (const watcher of this.#watchers) watcher()
  }
}

export const phone = new Phone()

/** The phone as it is now. */
export function usePhone(): PhoneNow {
  return useSyncExternalStore(phone.watch, phone.now)
}

/** Whether a call is up, or on its way. */
export function isBusy({ state }: Telephony): boolean {
  return ['calling', 'ringing', 'connecting', 'talking'].includes(state)
}

/** Who is on the other side, by name where it was called by name. */
export function partner({ other, called }: PhoneNow): string {
  return called ? called.name : other
}
