// <tollgate-call agent="agt_...">: shows on any page whether an agent is there and what a call costs, and leads to the page where it is made.
// Its colours are the page's: --tollgate-call-background, -color, -muted, -border, -accent, -on-accent, -online, -radius, -font.
;(() => {
  const origin = new URL(document.currentScript.src).origin
  /** How often it is asked whether the agent is there, in milliseconds. */
  const AGAIN = 30_000
  const WORDS = {
    en: {
      online: 'online',
      busy: 'in a call',
      away: 'away',
      offline: 'offline',
      call: 'Call',
      minute: 'a minute',
      connect: 'to connect',
      window: 'opens a new window',
    },
    de: {
      online: 'online',
      busy: 'im Gespräch',
      away: 'abwesend',
      offline: 'offline',
      call: 'Anrufen',
      minute: 'pro Minute',
      connect: 'Verbindungsgebühr',
      window: 'öffnet ein neues Fenster',
    },
  }
  const STYLE = `
    :host { display: inline-block; }
    :host([hidden]) { display: none; }
    div {
      box-sizing: border-box; min-width: 15rem; padding: .875rem 1rem;
      background: var(--tollgate-call-background, #fff); color: var(--tollgate-call-color, #1b1f24);
      border: 1px solid var(--tollgate-call-border, #cfd6dd); border-radius: var(--tollgate-call-radius, .75rem);
      font: 1rem/1.4 var(--tollgate-call-font, system-ui, sans-serif);
    }
    p { margin: 0; font-variant-numeric: tabular-nums; }
    .who { display: flex; gap: .75rem; justify-content: space-between; align-items: baseline; font-weight: 600; }
    .presence { font-size: .875rem; font-weight: 400; white-space: nowrap; color: var(--tollgate-call-muted, #57636f); }
    .presence::before {
      content: ''; display: inline-block; width: .55em; height: .55em; margin-right: .4em; border-radius: 50%;
      border: 2px solid currentcolor;
    }
    .online::before { background: var(--tollgate-call-online, #2f9e44); border-color: var(--tollgate-call-online, #2f9e44); }
    .price { font-size: .875rem; color: var(--tollgate-call-muted, #57636f); }
    button {
      width: 100%; min-height: 2.75rem; margin-top: .625rem; border: 0; border-radius: calc(var(--tollgate-call-radius, .75rem) * .66);
      background: var(--tollgate-call-accent, #1d4f73); color: var(--tollgate-call-on-accent, #fff);
      font: inherit; font-weight: 600; cursor: pointer;
    }
    button:focus-visible { outline: 3px solid var(--tollgate-call-accent, #1d4f73); outline-offset: 2px; }
  `

  /** The element's language: its own, else the page's, else the browser's. */
  const languageOf = (element) =>
    element.closest('[lang]')?.lang || document.documentElement.lang || navigator.language || 'en'

  const made = (name, className, text) => {
    const element = document.createElement(name)
    if (className) element.className = className
    element.textContent = text
    return element
  }

  class TollgateCall extends HTMLElement {
    static observedAttributes = ['agent']
    #timer

    constructor() {
      super()
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(STYLE)
      this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet]
    }

    connectedCallback() {
      this.#timer = setInterval(() => document.hidden || this.#load(), AGAIN)
      this.#load()
    }

    disconnectedCallback() {
      clearInterval(this.#timer)
      this.#timer = undefined
    }

    attributeChangedCallback() {
      if (this.#timer) this.#load()
    }

    async #load() {
      const id = this.getAttribute('agent')
      if (!id) return
      try {
        const response = await fetch(`${origin}/api/v1/public/agents/${encodeURIComponent(id)}`, { credentials: 'omit' })
        if (!response.ok) throw new Error(`${response.status}`)
        const agent = await response.json()
        if (id === this.getAttribute('agent')) this.#draw(agent)
      } catch (error) {
        // What was shown stays; a page that never saw the agent shows nothing rather than a fault of ours.
        console.warn(`tollgate-call: ${id} cannot be shown (${error.message})`)
      }
    }

    #draw(agent) {
      const tag = languageOf(this)
      const words = WORDS[tag.slice(0, 2)] ?? WORDS.en
      const money = (amount, currency) => new Intl.NumberFormat(tag, { style: 'currency', currency }).format(amount)
      const who = made('p', 'who', '')
      const isOnline = agent.presence === 'online' ? 'presence online' : 'presence'
      who.append(made('span', '', agent.name), made('span', isOnline, words[agent.presence] ?? agent.presence))
      const wanted = this.getAttribute('currency')
      const prices = agent.prices.filter(({ currency }) => !wanted || currency === wanted)
      const priced = prices.map(({ currency, connect_fee, price_per_minute }) => {
        const fee = /[1-9]/.test(connect_fee) ? ` · ${money(connect_fee, currency)} ${words.connect}` : ''
        return made('p', 'price', `${money(price_per_minute, currency)} ${words.minute}${fee}`)
      })
      const button = made('button', '', this.getAttribute('label') ?? words.call)
      button.type = 'button'
      button.ariaLabel = `${button.textContent}: ${agent.name} (${words.window})`
      button.onclick = () => this.#open(agent.id)
      const box = document.createElement('div')
      box.append(who, ...priced, button)
      // Who is on the button with the keyboard stays on it.
      const hadFocus = this.shadowRoot.activeElement !== null
      this.shadowRoot.replaceChildren(box)
      if (hadFocus) button.focus()
    }

    /** The call is made in a window of its own, which has the microphone and outlives the page. */
    #open(id) {
      window.open(`${origin}/call/${encodeURIComponent(id)}`, `tollgate-${id}`, 'width=480,height=760')
    }
  }

  if (!customElements.get('tollgate-call')) customElements.define('tollgate-call', TollgateCall)
})()
