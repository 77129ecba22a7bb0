// The voices of a call, by WebRTC. The caller makes the first offer; whoever has lost its connection, by a reload for instance, makes a new
// one. If both offer at once the called party gives way: it is "polite", as the W3C's example of perfect negotiation has it.

// How long an offer or an answer waits for the microphone, in milliseconds: its voice can follow.
const MICROPHONE = 2500;

const after = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// The microphone, or why there is none: `insecure`, `refused` or `none`.
async function microphone() {
  if (!navigator.mediaDevices) return { why: "insecure" };
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ audio: true }) };
  } catch (error) {
    return { why: error.name === "NotAllowedError" ? "refused" : "none" };
  }
}

export class Voice {
  #listener;
  #element;
  #media = null;
  #asked = null;
  #peer = null;
  #polite = false;
  #offering = false;
  #passing = false;
  #queue = Promise.resolve();

  // `listener` has: signal(signal), changed(), mute(why). What is heard is played by the audio element.
  constructor(element, listener) {
    this.#element = element;
    this.#listener = listener;
  }

  // A call begins: asks for the microphone, so that it is there before the offer.
  begin(polite) {
    this.#polite = polite;
    this.#asked ??= microphone().then((got) => {
      if (got.why) this.#listener.mute(got.why);
      return got;
    });
  }

  // How the parties may reach each other: `{policy, ice_servers}`.
  set media(media) {
    const before = this.#media;
    this.#media = media;
    if (!this.#peer || this.isText) return;
    this.#peer.setConfiguration(this.#configuration());
    const moved = JSON.stringify([before?.policy, urls(before)]) !== JSON.stringify([media.policy, urls(media)]);
    if (moved && !this.#polite) this.#peer.restartIce();
  }

  // Whether nothing is said in this call but what is written.
  get isText() {
    const { policy, ice_servers: servers = [] } = this.#media ?? { policy: "text" };
    return policy === "text" || (policy === "relay" && servers.length === 0) || !globalThis.RTCPeerConnection;
  }

  get isUp() {
    return this.#peer?.connectionState === "connected";
  }

  // Makes an offer.
  async offer() {
    if (this.isText) return;
    const peer = this.#make();
    await this.#speak(peer);
    if (peer === this.#peer && !peer.getTransceivers().length) peer.addTransceiver("audio", { direction: "recvonly" });
  }

  // After a break: goes on if there still is a connection, and else makes a new one.
  async resume() {
    if (!["connected", "connecting"].includes(this.#peer?.connectionState)) await this.offer();
  }

  // Something of the other party. One after another: a candidate belongs to the description before it.
  signal(signal) {
    this.#queue = this.#queue.then(() => this.#take(signal)).catch((error) => console.warn("signal", error.name));
  }

  close() {
    this.#shut();
    this.#asked?.then(({ stream }) => stream?.getTracks().forEach((track) => track.stop()));
    this.#asked = this.#media = null;
  }

  // What has arrived, and by which way.
  async stats() {
    const report = [...((await this.#peer?.getStats()) ?? new Map()).values()];
    const inbound = report.find(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
    const transport = report.find(({ type, selectedCandidatePairId: pair }) => type === "transport" && pair);
    const pair = report.find(({ id }) => id === transport?.selectedCandidatePairId);
    const way = (candidate) => report.find(({ id }) => id === candidate)?.candidateType ?? null;
    return {
      connection: this.#peer?.connectionState ?? null,
      packets_received: inbound?.packetsReceived ?? 0,
      packets_lost: inbound?.packetsLost ?? 0,
      local: way(pair?.localCandidateId),
      remote: way(pair?.remoteCandidateId),
    };
  }

  #configuration() {
    const { policy, ice_servers: iceServers } = this.#media;
    return { iceServers, iceTransportPolicy: policy === "relay" ? "relay" : "all" };
  }

  #make() {
    this.#shut();
    const peer = new RTCPeerConnection(this.#configuration());
    this.#peer = peer;
    const mine = (then) => (event) => {
      if (peer === this.#peer) then(event);
    };
    peer.onicecandidate = mine(({ candidate }) => this.#listener.signal({ candidate: candidate?.toJSON() ?? null }));
    peer.onnegotiationneeded = mine(() => this.#describe(peer));
    peer.ontrack = mine(({ track }) => {
      this.#element.srcObject = new MediaStream([track]);
      // Where the page was never touched the browser plays nothing by itself.
      this.#element.play().catch(() => {});
    });
    peer.onconnectionstatechange = mine(() => {
      this.#listener.changed();
      if (peer.connectionState === "failed" && !this.#polite) peer.restartIce();
    });
    return peer;
  }

  #shut() {
    this.#peer?.close();
    this.#peer = null;
    this.#offering = this.#passing = false;
    this.#element.srcObject = null;
  }

  // Lets the other party hear the microphone: now, if it is there, and else as soon as it is.
  async #speak(peer) {
    const join = async () => {
      const { stream } = (await this.#asked) ?? {};
      const spoken = peer.getSenders?.().some(({ track }) => track);
      if (stream && peer === this.#peer && !spoken) stream.getTracks().forEach((track) => peer.addTrack(track, stream));
    };
    await Promise.race([join(), after(MICROPHONE)]);
  }

  async #describe(peer) {
    this.#offering = true;
    try {
      await peer.setLocalDescription();
      if (peer === this.#peer) this.#listener.signal({ description: peer.localDescription.toJSON() });
    } finally {
      this.#offering = false;
    }
  }

  async #take({ description, candidate }) {
    if (this.isText) return;
    if (!description) {
      if (!this.#passing) await this.#peer?.addIceCandidate(candidate ?? undefined);
      return;
    }
    const offered = description.type === "offer";
    const collision = offered && (this.#offering || (this.#peer && this.#peer.signalingState !== "stable"));
    this.#passing = collision && !this.#polite;
    if (this.#passing) return;
    const renewed = offered && this.#peer?.remoteDescription && isAnother(this.#peer.remoteDescription, description);
    const peer = this.#peer && !renewed ? this.#peer : this.#make();
    await peer.setRemoteDescription(description);
    if (!offered) return;
    await this.#speak(peer);
    await this.#describe(peer);
  }
}

function urls(media) {
  return (media?.ice_servers ?? []).map((server) => server.urls);
}

// Whether another connection of the other party offers: each has a certificate of its own.
function isAnother(before, now) {
  const fingerprint = ({ sdp }) => /^a=fingerprint:.*$/m.exec(sdp)?.[0];
  return fingerprint(before) !== fingerprint(now);
}
