// What a telephone lets hear, made of sine waves: frequencies in hertz, and seconds of sound and silence in turn.
const TONES = {
  dial_tone: { hertz: [350, 440], turns: [1] },
  ringing: { hertz: [440, 480], turns: [2, 4] },
  busy: { hertz: [480, 620], turns: [0.5, 0.5] },
  fast_busy: { hertz: [480, 620], turns: [0.25, 0.25] },
  bell: { hertz: [660, 880], turns: [0.4, 0.2, 0.4, 2] },
};
const KEYS = ["123A", "456B", "789C", "*0#D"];
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const LOUDNESS = 0.08;
// How far ahead sound is planned, and how often, in seconds.
const AHEAD = 3;

let context = null;
let playing = null;

// Sound is allowed once the user has done something: until then this is silent.
function sound() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
  return context;
}

// Plays a tone until another is asked for; none for a name that there is not.
export function play(name) {
  if (playing?.name === name) return;
  playing?.stop();
  playing = TONES[name] ? start(name, TONES[name]) : null;
}

// The sound of a key that is pressed during a call.
export function press(key) {
  const row = KEYS.findIndex((keys) => keys.includes(key));
  if (row < 0) return;
  const tone = wave([ROWS[row], COLUMNS[KEYS[row].indexOf(key)]]);
  tone.gain.gain.setValueAtTime(LOUDNESS, sound().currentTime);
  setTimeout(tone.stop, 150);
}

function start(name, { hertz, turns }) {
  const { gain, stop } = wave(hertz);
  let [at, turn] = [sound().currentTime, 0];
  const plan = () => {
    at = Math.max(at, sound().currentTime);
    while (at < sound().currentTime + AHEAD) {
      gain.gain.setValueAtTime(turn % 2 === 0 ? LOUDNESS : 0, at);
      at += turns[turn % turns.length];
      turn = turns.length === 1 ? 0 : turn + 1;
    }
  };
  plan();
  const timer = setInterval(plan, 1000);
  return {
    name,
    stop() {
      clearInterval(timer);
      stop();
    },
  };
}

function wave(hertz) {
  const gain = sound().createGain();
  gain.gain.value = 0;
  gain.connect(sound().destination);
  const waves = hertz.map((frequency) => {
    const oscillator = sound().createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start();
    return oscillator;
  });
  const stop = () => {
    waves.forEach((oscillator) => oscillator.stop());
    gain.disconnect();
  };
  return { gain, stop };
}
