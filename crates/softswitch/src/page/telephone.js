// The telephone: what its user does and what the exchange says, and what comes of both. It shows nothing by itself: whoever draws it is told
// that it has changed.
//
// Its states: `idle` (on the hook), `dialling`, `calling`, `ringing` (somebody calls), `connecting` (answered, and not yet up), `talking`, and
// `over` (the call is over, or was not possible, and the handset is still off the hook).

import { DialPlan, PAUSE } from "./dialling.js";
import { press } from "./tones.js";
import { Voice } from "./voice.js";
import { MICROPHONE, money, reason, time, toneOf } from "./words.js";

// How long a phone rings, in milliseconds.
const RINGS = 15_000;
// How long the caller's phone may take for its audio: the exchange ends the call after five seconds.
const AUDIO = 4000;
// How long after registering the exchange says that a call goes on.
const RESUMED = 1500;
// What says that whoever of a group was rung rings no more.
const STOP_RINGING = ["prompt", "media", "talk", "record"];
const ROLE = "phone.polite";
const NO_AUDIO = "There is no audio between the two phones: write instead.";

export class Telephone {
  state = "idle";
  heard = "silence";
  digits = "";
  other = "";
  notice = "";
  said = [];
  meter = null;
  since = null;
  message = null;
  blocked = null;
  #plan = new DialPlan();
  #timer = null;
  #changed;
  #emit;
  #prompt;

  // `emit(event, ...args)` reaches the exchange; `changed()` is told whenever there is something new to show.
  constructor({ voice, prompt }, emit, changed) {
    this.#emit = emit;
    this.#changed = changed;
    this.#prompt = prompt;
    this.voice = new Voice(voice, {
      signal: (signal) => this.#emit("signal", signal),
      changed: () => this.#audioChanged(),
      mute: (why) => this.#say(MICROPHONE[why]),
    });
  }

  // What the user does.

  lift() {
    if (this.state === "ringing") this.answer();
    else if (this.state === "idle") this.#go("dialling", "dial_tone", { digits: "", other: "", meter: null, notice: "" });
    else this.hangUp();
  }

  hangUp() {
    if (this.state === "idle") return;
    if (["calling", "connecting", "talking"].includes(this.state)) this.#emit("hang_up");
    this.#end("idle", "silence");
  }

  answer() {
    if (this.state !== "ringing") return;
    this.#begin(true);
    this.said = [];
    this.#emit("call_accepted");
    this.#go("connecting", "connecting");
  }

  refuse(why = "busy") {
    if (this.state !== "ringing") return;
    this.#emit("call_refused", this.other, why);
    this.#end("idle", "silence", why === "timeout" ? `You missed a call of ${this.other}.` : "");
  }

  key(key) {
    if (this.state === "idle") this.lift();
    if (this.state === "talking") {
      if (key === "+") return;
      press(key);
      this.#emit("dtmf", key);
    } else if (this.state === "dialling") {
      this.#dial(key);
    }
  }

  write(text) {
    if (this.state !== "talking" || !text) return;
    this.#emit("talk", text);
    this.#note("You", text);
  }

  // A message that was asked for: `{text}` or `{audio}`.
  leave(message) {
    if (!this.message) return;
    this.#emit("recorded", message);
    this.message = null;
    this.#changed();
  }

  // What the exchange says.

  registered() {
    if (!globalThis.isSecureContext) this.#say(MICROPHONE.insecure);
    if (["idle", "dialling", "over"].includes(this.state)) return;
    if (this.state !== "talking") return this.#end("over", "fast_busy", "The call was lost with the connection.");
    this.#after(RESUMED, () => this.#end("over", "fast_busy", "The call is over: the connection was lost for too long."));
  }

  event(name, args) {
    if (STOP_RINGING.includes(name) && this.state === "talking") this.heard = "connection";
    this[`on_${name}`]?.(...args);
    this.#changed();
  }

  on_dial_plan(plan) {
    this.#plan = new DialPlan(plan);
  }

  on_call_request(caller) {
    if (!["idle", "over"].includes(this.state)) return this.#emit("call_refused", caller, "busy");
    this.#go("ringing", "bell", { other: caller, digits: "", meter: null, notice: "" });
    this.#emit("call_acknowledged", caller);
    this.#after(RINGS, () => this.refuse("timeout"));
  }

  on_callee_ringing() {
    if (this.state === "calling") this.#go("calling", "ringing");
    // A group has taken the call, and those on duty are rung.
    if (this.state === "talking") this.heard = "ringing";
  }

  on_call_not_possible(why) {
    if (this.state === "calling") this.#end("over", toneOf(why), reason(why));
  }

  on_call_cancelled() {
    if (["ringing", "connecting"].includes(this.state)) this.#end("idle", "silence", `You missed a call of ${this.other}.`);
  }

  on_media(media) {
    this.voice.media = media;
    // Nobody has dialled: this phone was called first.
    if (media.offers) this.voice.offer();
  }

  on_call_connected() {
    if (this.state === "calling") {
      this.#go("connecting", "connecting");
      if (this.voice.isText) return this.#ready("This call has no audio: write.");
      this.#after(AUDIO, () => this.#ready(NO_AUDIO));
      this.voice.offer();
    } else if (this.state === "connecting") {
      this.#up(0);
      if (this.voice.isText) this.#say("This call has no audio: write.");
    }
  }

  on_call_resumed({ with: other, seconds }) {
    this.other = other;
    this.#begin(sessionStorage.getItem(ROLE) === "true");
    this.#up(seconds);
    this.voice.resume();
  }

  on_signal(signal) {
    if (["connecting", "talking"].includes(this.state)) this.voice.signal(signal);
  }

  on_talk(text) {
    this.#note(this.other, text);
  }

  on_dtmf(digits) {
    [...digits].forEach((key, index) => setTimeout(() => press(key), 200 * index));
  }

  on_meter(meter) {
    if (this.state === "talking") this.meter = meter;
  }

  on_warning({ remaining_seconds: seconds }) {
    this.#say(`The balance lasts for ${time(seconds)} more.`);
  }

  on_call_ended() {
    if (!["connecting", "talking"].includes(this.state)) return;
    const took = this.state === "talking" ? `: ${time(this.seconds())}` : "";
    this.#end("over", "fast_busy", `The call is over${took}.`, { other: "" });
  }

  on_call_charged({ reason: why, seconds, cost, currency }) {
    const because = { cut_off: " The balance was used up.", ended_by_staff: " The exchange ended it." }[why] ?? "";
    this.meter = null;
    this.#say(`The call took ${time(seconds)} and cost ${money({ cost, currency })}.${because}`);
  }

  on_prompt({ text, audio }) {
    this.#note("Exchange", text);
    if (!audio) return;
    this.#prompt.src = audio;
    this.#prompt.play().catch(() => {});
  }

  on_record({ max_seconds: seconds }) {
    this.message = { seconds };
  }

  on_call_blocking(numbers) {
    if (this.blocked) this.blocked = numbers;
  }

  on_error(code) {
    if (code !== "invalid_signal") this.#say(`The exchange did not take that (${code}).`);
  }

  // How long the call is up, in seconds.
  seconds() {
    return this.meter?.seconds ?? (this.since === null ? 0 : Math.floor((Date.now() - this.since) / 1000));
  }

  #dial(key) {
    clearTimeout(this.#timer);
    const { digits, number, code } = this.#plan.key(this.digits, key);
    this.digits = digits;
    this.heard = "silence";
    if (number) return this.#call(number);
    if (code === "call_blocking") this.#end("idle", "silence", "", { blocked: [] });
    else if (code === null) this.#end("over", "fast_busy", "There is no such code.");
    else this.#after(PAUSE, () => {
      const complete = this.#plan.afterPause(this.digits);
      if (complete) this.#call(complete);
    });
    this.#changed();
  }

  #call(number) {
    this.#begin(false);
    this.#emit("make_call", number);
    this.#go("calling", "connecting", { other: number, digits: number, said: [] });
  }

  // Which part this phone has outlives a reload.
  #begin(polite) {
    sessionStorage.setItem(ROLE, polite);
    this.voice.begin(polite);
  }

  #audioChanged() {
    const { isUp } = this.voice;
    if (isUp && this.notice === NO_AUDIO) this.notice = "";
    if (isUp && sessionStorage.getItem(ROLE) === "false") this.#ready("");
    this.#changed();
  }

  // The caller's phone is ready: from here the call is answered.
  #ready(notice) {
    if (this.state !== "connecting") return;
    this.#emit("call_accepted");
    if (notice) this.notice = notice;
    this.#up(0);
  }

  #up(seconds) {
    this.#go("talking", "connection", { since: Date.now() - seconds * 1000 });
  }

  #end(state, heard, notice = "", more = {}) {
    this.voice.close();
    this.#prompt.pause();
    this.#go(state, heard, { digits: "", notice, meter: null, since: null, message: null, ...more });
    if (state === "idle") this.other = "";
  }

  #go(state, heard, more = {}) {
    clearTimeout(this.#timer);
    Object.assign(this, more, { state, heard });
    this.#changed();
  }

  #after(millis, then) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, millis);
  }

  #say(notice) {
    this.notice = notice;
    this.#changed();
  }

  #note(who, text) {
    this.said = [...this.said, { who, text }].slice(-200);
    this.#changed();
  }
}
