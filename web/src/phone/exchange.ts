// The connection to the exchange, for as long as the phone is on.
import { io, type Socket } from 'socket.io-client'
import { fetchClient } from '@/api/client'
import { Refusal } from '@/api/problem'
import type { Blocking, FromExchange, Say, ToExchange } from './protocol'

const NO_LINE = 'Invalid phone number'
/** What is said to a phone that will never be let in as it is. All else passes, such as what an exchange says that closes. */
const FINAL = ['No phone number provided', NO_LINE, 'Invalid phone secret']
/** After what time it is tried again, in milliseconds: a call is kept for ten seconds. */
const AGAIN = 1000
/** How long a token has to be good still, in milliseconds, to be used once more. */
const SPARE = 30_000
const PATIENCE = 5000

export interface Line {
  id: string
  number: string
}

interface Listener {
  heard(event: string, args: unknown[]): void
  lost(): void
  /** The phone is not let in, and it is no use to try again. */
  refused(why: string): void
}

export class Exchange {
  readonly #line: Line
  readonly #listener: Listener
  readonly #socket: Socket<FromExchange, ToExchange>
  #token: { text: string; expires: number } | undefined
  #timer: number | undefined
  #isClosed = false

  constructor(line: Line, listener: Listener) {
    this.#line = line
    this.#listener = listener
    this.#socket = io({
      autoConnect: false,
      forceNew: true,
      transports: ['websocket'],
      reconnectionDelay: 200,
      reconnectionDelayMax: 2000,
      timeout: PATIENCE,
      auth: (send) => send({ phoneNumber: line.number, token: this.#token?.text }),
    })
    this.#socket.onAny((event: string, ...args: unknown[]) => listener.heard(event, args))
    this.#socket.on('disconnect', () => this.#lost())
    this.#socket.on('connect_error', ({ message }) => {
      if (FINAL.includes(message)) this.#refused(message)
      else this.#lost()
    })
    // Its own trials need a token, too.
    this.#socket.io.on('reconnect_attempt', () => void this.#renew().catch(() => {}))
    void this.#open()
  }

  /** Says something; what is said without a connection is lost, as it would come too late. */
  say: Say = (event, ...args) => {
    if (this.#socket.connected) this.#socket.emit(event, ...(args as Parameters<ToExchange[typeof event]>))
  }

  /** Changes, or asks for, the numbers that are blocked. */
  blocking(what: Blocking): Promise<string[]> {
    return this.#socket.timeout(PATIENCE).emitWithAck('call_blocking', what)
  }

  close() {
    this.#isClosed = true
    window.clearTimeout(this.#timer)
    this.#socket.disconnect()
  }

  async #open() {
    try {
      await this.#renew()
      if (!this.#isClosed) this.#socket.connect()
    } catch (error) {
      if (error instanceof Refusal && error.status >= 400 && error.status < 500 && error.status !== 429)
        this.#refused(error.status === 404 ? NO_LINE : error.message)
      else this.#lost()
    }
  }

  async #renew() {
    if (this.#token && this.#token.expires - Date.now() > SPARE) return
    const params = { path: { id: this.#line.id } }
    const { data } = await fetchClient.POST('/api/v1/lines/{id}/phone-token', { params })
    if (data) this.#token = { text: data.token, expires: Date.parse(data.expires_at) }
  }

  #lost() {
    if (this.#isClosed) return
    this.#listener.lost()
    // Where the exchange has ended it the client does not try again by itself.
    window.clearTimeout(this.#timer)
    if (!this.#socket.active) this.#timer = window.setTimeout(() => void this.#open(), AGAIN)
  }

  #refused(why: string) {
    if (this.#isClosed) return
    this.close()
    this.#listener.refused(why)
  }
}
