// A spoken message, as the exchange takes it: a `data:` address that holds the sound.

// Speech can be understood at this rate, in bits per second.
const RATE = 12_000;
// The exchange takes no longer message, in characters.
const LONGEST = 60_000;
// How long it can be, in seconds: the address is a third longer than the sound.
const LASTING = Math.floor((LONGEST * 6) / RATE);

export class Recording {
  #done;
  #label;
  #recorder = null;

  // `done(audio)` gets the message, `label(text)` what the button that begins and ends it says.
  constructor(done, label) {
    this.#done = done;
    this.#label = label;
  }

  // Begins to record, for so many seconds at most; or ends.
  async toggle(seconds) {
    if (this.#recorder) return this.#recorder.stop();
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) return this.#label("There is no microphone");
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: RATE });
    this.#recorder = recorder;
    recorder.ondataavailable = ({ data }) => this.#hand(recorder, data);
    recorder.onstop = () => stream.getTracks().forEach((track) => track.stop());
    recorder.start();
    this.#label("Stop and send it");
    setTimeout(() => recorder.state === "recording" && recorder.stop(), Math.min(seconds, LASTING) * 1000);
  }

  // Throws away what was recorded.
  drop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    recorder?.stop();
    this.#label("Speak it");
  }

  #hand(recorder, data) {
    if (recorder !== this.#recorder) return;
    this.#recorder = null;
    this.#label("Speak it");
    const reader = new FileReader();
    reader.onload = () => (reader.result.length <= LONGEST ? this.#done(reader.result) : this.#label("That was too long: speak again"));
    reader.readAsDataURL(data);
  }
}
