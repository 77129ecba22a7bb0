// The voices of a call, by WebRTC. The caller makes the first offer; whoever has lost its connection, by a reload for instance, makes a new
// one. If both offer at once the called party gives way: it is "polite", as the W3C's example of perfect negotiation has it.
import { type Microphone, type Muteness, microphone } from './microphone'
import type { Media, Signal } from './protocol'

/** How long an offer or an answer waits for the microphone, in milliseconds: its voice can follow. */
const MICROPHONE = 2500

interface Listener {
  signal(signal: Signal): void
  changed(): void
  mute(why: Muteness): void
}

export class Voice {
  readonly #element: HTMLAudioElement
  readonly #listener: Listener
  #media: Media | undefined
  #asked: Promise<Microphone> | undefined
  #peer: RTCPeerConnection | undefined
  #isPolite = false
  #isOffering = false
  #isPassing = false
  #isMuted = false
  #queue: Promise<void> = Promise.resolve()

  /** What is heard is played by the audio element. */
  constructor(element: HTMLAudioElement, listener: Listener) {
    this.#element = element
    this.#listener = listener
  }

  /** A call begins: asks for the microphone, so that it is there before the offer. */
  begin(isPolite: boolean) {
    this.#isPolite = isPolite
    this.#asked ??= microphone().then((got) => {
      if ('why' in got) this.#listener.mute(got.why)
      return got
    })
  }

  /** How the parties may reach each other. */
  set media(media: Media) {
    const before = this.#media
    this.#media = media
    if (!this.#peer || this.isText) return
    this.#peer.setConfiguration(configuration(media))
    if (ways(before) !== ways(media) && !this.#isPolite) this.#peer.restartIce()
  }

  /** Whether nothing is said in this call but what is written. */
  get isText(): boolean {
    if (!this.#media || typeof RTCPeerConnection === 'undefined') return true
    const { policy, ice_servers } = this.#media
    return policy === 'text' || (policy === 'relay' && ice_servers.length === 0)
  }

  get isUp(): boolean {
    return this.#peer?.connectionState === 'connected'
  }

  /** Whether the other party is kept from hearing the microphone. */
  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted
    for (const { track } of this.#peer?.getSenders() ?? []) if (track) track.enabled = !isMuted
  }

  /** Makes an offer. */
  async offer() {
    if (this.isText) return
    const peer = this.#make()
    await this.#speak(peer)
    if (peer === this.#peer && !peer.getTransceivers().length)
      peer.addTransceiver('audio', { direction: 'recvonly' })
  }

  /** After a break: goes on if there still is a connection, and else makes a new one. */
  async resume() {
    if (!['connected', 'connecting'].includes(this.#peer?.connectionState ?? 'closed')) await this.offer()
  }

  /** Something of the other party. One after another: a candidate belongs to the description before it. */
  signal(signal: Signal) {
    this.#queue = this.#queue.then(() => this.#take(signal)).catch((error) => console.warn('signal', error))
  }

  close() {
    this.#shut()
    void this.#asked?.then((got) => {
      if ('stream' in got) for (const track of got.stream.getTracks()) track.stop()
    })
    this.#asked = this.#media = undefined
    this.#isMuted = false
  }

  #make(): RTCPeerConnection {
    this.#shut()
    const peer = new RTCPeerConnection(configuration(this.#media))
    this.#peer = peer
    const isMine = () => peer === this.#peer
    peer.onicecandidate = ({ candidate }) => {
      if (isMine()) this.#listener.signal({ candidate: candidate?.toJSON() ?? null })
    }
    peer.onnegotiationneeded = () => isMine() && this.#describe(peer)
    peer.ontrack = ({ track }) => {
      if (!isMine()) return
      this.#element.srcObject = new MediaStream([track])
      // Where the page was never touched the browser plays nothing by itself.
      this.#element.play().catch(() => {})
    }
    peer.onconnectionstatechange = () => {
      if (!isMine()) return
      this.#listener.changed()
      if (peer.connectionState === 'failed' && !this.#isPolite) peer.restartIce()
    }
    return peer
  }

  #shut() {
    this.#peer?.close()
    this.#peer = undefined
    this.#isOffering = this.#isPassing = false
    this.#element.srcObject = null
  }

  /** Lets the other party hear the microphone: now, if it is there, and else as soon as it is. */
  async #speak(peer: RTCPeerConnection) {
    const join = async () => {
      const got = await this.#asked
      const isSpoken = peer.getSenders().some(({ track }) => track)
      if (!got || !('stream' in got) || peer !== this.#peer || isSpoken) return
      for (const track of got.stream.getTracks()) {
        track.enabled = !this.#isMuted
        peer.addTrack(track, got.stream)
      }
    }
    await Promise.race([join(), new Promise((resolve) => setTimeout(resolve, MICROPHONE))])
  }

  async #describe(peer: RTCPeerConnection) {
    this.#isOffering = true
    try {
      await peer.setLocalDescription()
      const description = peer.localDescription?.toJSON()
      if (peer === this.#peer && description) this.#listener.signal({ description })
    } finally {
      this.#isOffering = false
    }
  }

  async #take({ description, candidate }: Signal) {
    if (this.isText) return
    if (!description) {
      if (!this.#isPassing) await this.#peer?.addIceCandidate(candidate ?? undefined)
      return
    }
    const isOffer = description.type === 'offer'
    const isBusy = this.#isOffering || (this.#peer && this.#peer.signalingState !== 'stable')
    this.#isPassing = Boolean(isOffer && isBusy && !this.#isPolite)
    if (this.#isPassing) return
    const before = this.#peer?.remoteDescription
    const isRenewed = isOffer && before && certificate(before) !== certificate(description)
    const peer = this.#peer && !isRenewed ? this.#peer : this.#make()
    await peer.setRemoteDescription(description)
    if (!isOffer) return
    await this.#speak(peer)
    await this.#describe(peer)
  }
}

function configuration(media: Media | undefined): RTCConfiguration {
  return {
    iceServers: media?.ice_servers,
    iceTransportPolicy: media?.policy === 'relay' ? 'relay' : 'all',
  }
}

/** By which ways the parties may reach each other, without what lets them in. */
function ways(media: Media | undefined): string {
  return JSON.stringify([media?.policy, media?.ice_servers.map(({ urls }) => urls)])
}

/** Each connection of the other party has a certificate of its own. */
function certificate({ sdp }: { sdp?: string }): string | undefined {
  return /^a=fingerprint:.*$/m.exec(sdp ?? '')?.[0]
}
