// What a telephone lets hear, made of sine waves: frequencies in hertz, and seconds of sound and silence in turn.
export type Tone = 'dial_tone' | 'ringing' | 'busy' | 'fast_busy' | 'bell'

const TONES: Record<Tone, { hertz: number[]; turns: number[] }> = {
  dial_tone: { hertz: [350, 440], turns: [1] },
  ringing: { hertz: [440, 480], turns: [2, 4] },
  busy: { hertz: [480, 620], turns: [0.5, 0.5] },
  fast_busy: { hertz: [480, 620], turns: [0.25, 0.25] },
  bell: { hertz: [660, 880], turns: [0.4, 0.2, 0.4, 2] },
}
const KEYS = ['123A', '456B', '789C', '*0#D']
const ROWS = [697, 770, 852, 941]
const COLUMNS = [1209, 1336, 1477, 1633]
const LOUDNESS = 0.08
/** How far ahead sound is planned, in seconds: a tab in the background plans once a second at best. */
const AHEAD = 3

let context: AudioContext | undefined
let playing: { tone: Tone; stop: () => void } | undefined

/** Sound is allowed once the user has done something: until then this is silent. */
function sound(): AudioContext {
  context ??= new AudioContext()
  if (context.state === 'suspended') context.resume().catch(() => {})
  return context
}

/** Plays a tone until another is asked for, or none. */
export function play(tone: Tone | undefined) {
  if (playing?.tone === tone) return
  playing?.stop()
  playing = tone && { tone, stop: start(TONES[tone]) }
}

/** The sound of a key that is pressed during a call. */
export function press(key: string) {
  const row = KEYS.findIndex((keys) => keys.includes(key))
  const [across, down] = [ROWS[row], COLUMNS[KEYS[row]?.indexOf(key) ?? -1]]
  if (!across || !down) return
  const { gain, stop } = wave([across, down])
  gain.gain.setValueAtTime(LOUDNESS, sound().currentTime)
  setTimeout(stop, 150)
}

function start({ hertz, turns }: { hertz: number[]; turns: number[] }): () => void {
  const { gain, stop } = wave(hertz)
  let at = sound().currentTime
  let turn = 0
  const plan = () => {
    at = Math.max(at, sound().currentTime)
    while (at < sound().currentTime + AHEAD) {
      gain.gain.setValueAtTime(turn % 2 === 0 ? LOUDNESS : 0, at)
      at += turns[turn % turns.length] ?? 1
      turn = turns.length === 1 ? 0 : turn + 1
    }
  }
  plan()
  const timer = setInterval(plan, 1000)
  return () => {
    clearInterval(timer)
    stop()
  }
}

function wave(hertz: number[]) {
  const gain = sound().createGain()
  gain.gain.value = 0
  gain.connect(sound().destination)
  const waves = hertz.map((frequency) => {
    const oscillator = sound().createOscillator()
    oscillator.frequency.value = frequency
    oscillator.connect(gain)
    oscillator.start()
    return oscillator
  })
  const stop = () => {
    for (const oscillator of waves) oscillator.stop()
    gain.disconnect()
  }
  return { gain, stop }
}
