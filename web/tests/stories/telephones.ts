// Ordinary phones (baresip), which whoever starts the story has registered at an Asterisk: `TOLLGATE_STORY_PHONES` has the number and
// the port of each, and the Asterisk's, as in `sip=5060 0043=16611 0070=16612`.
import { connect, type Socket } from 'node:net'

interface Said {
  type?: string
  response?: boolean
  ok?: boolean
  data?: string
}

const PATIENCE = 20_000

function portOf(name: string): number {
  const all = (process.env.TOLLGATE_STORY_PHONES ?? '').split(' ').map((each) => each.split('='))
  const port = all.find(([known]) => known === name)?.[1]
  if (!port) throw new Error(`there is no phone ${name}`)
  return Number(port)
}

/** A phone, steered by netstrings of JSON. */
export class Telephone {
  #received = ''
  /** What has happened to it, and what it has answered to orders. */
  #events: Said[] = []
  #answers: Said[] = []
  #waiting: (() => void)[] = []

  private constructor(
    readonly number: string,
    private readonly socket: Socket,
  ) {
    socket.setEncoding('utf8').on('data', (text: string) => this.#take(text))
  }

  static async of(number: string): Promise<Telephone> {
    const socket = connect(portOf(number), '127.0.0.1')
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Telephone(number, socket)
  }

  /** Waits until it rings. */
  rings = () => this.#happens('CALL_INCOMING')

  /** Whether it has rung since it is listened to; what it has said meanwhile comes before its answer. */
  async hasRung(): Promise<boolean> {
    await this.#order('listcalls')
    return this.#events.some(({ type }) => type === 'CALL_INCOMING')
  }

  /** Takes the call that rings, and waits until it is up. */
  async accept() {
    await this.#order('accept')
    await this.#happens('CALL_ESTABLISHED')
  }

  async press(key: string) {
    // Who hears a question needs a moment for it.
    await new Promise((resolve) => setTimeout(resolve, 300))
    await this.#order('sndcode', key)
  }

  dial = (number: string) => this.#order('dial', `sip:${number}@127.0.0.1:${portOf('sip')}`)

  /** Has another account typed into it, and waits until it is registered. */
  async becomes(username: string, password: string) {
    const server = `127.0.0.1:${portOf('sip')}`
    const settings = `auth_user=${username};auth_pass=${password};regint=60;audio_codecs=PCMU`
    // Asterisk may not have read the new account yet: refused, the phone would try again by itself only after half a minute.
    for (let tries = 0; tries < 10; tries += 1) {
      await this.#order('uadelall')
      await this.#order('uanew', `<sip:${username}@${server};transport=udp>;${settings};answermode=manual`)
      const { type } = await this.#happens('REGISTER_OK', 'REGISTER_FAIL')
      if (type === 'REGISTER_OK') return
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    throw new Error(`phone ${this.number} cannot register as ${username}`)
  }

  hangUp = () => this.#order('hangup')

  /** Waits until its call is over. */
  isIdle = () => this.#happens('CALL_CLOSED')

  close = () => this.socket.destroy()

  async #order(command: string, params = '') {
    const text = JSON.stringify({ command, params, token: command })
    this.socket.write(`${text.length}:${text},`)
    const { ok, data } = await this.#until(command, () => this.#answers.shift())
    if (!ok) throw new Error(`phone ${this.number} to ${command}: ${data}`)
  }

  /** Waits until one of these happens that has not been waited for yet; what came before it is passed over. */
  #happens(...types: string[]) {
    return this.#until(types.join(' or '), () => {
      const place = this.#events.findIndex(({ type }) => type && types.includes(type))
      return place < 0 ? undefined : this.#events.splice(0, place + 1).at(-1)
    })
  }

  async #until(what: string, look: () => Said | undefined): Promise<Said> {
    const until = Date.now() + PATIENCE
    for (;;) {
      const found = look()
      if (found) return found
      if (Date.now() > until) throw new Error(`phone ${this.number} has waited for ${what} in vain`)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        setTimeout(resolve, 1000)
      })
    }
  }

  #take(text: string) {
    this.#received += text
    for (;;) {
      const [, length = ''] = /^(\d+):/.exec(this.#received) ?? []
      const [from, to] = [length.length + 1, length.length + 1 + Number(length)]
      if (!length || this.#received.length <= to) break
      const said: Said = JSON.parse(this.#received.slice(from, to))
      if (said.response) this.#answers.push(said)
      else this.#events.push(said)
      this.#received = this.#received.slice(to + 1)
    }
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
