// A spoken message, as the exchange takes it: a `data:` address that holds the sound.

/** Speech can be understood at this rate, in bits per second. */
const RATE = 12_000
/** The exchange takes no longer message, in characters. */
const LONGEST = 60_000
/** How long it can be, in seconds: the address is a third longer than the sound. */
const LASTING = Math.floor((LONGEST * 6) / RATE)

export type Outcome = { audio: string } | { fault: 'no_microphone' | 'too_long' }

/** Records for so many seconds at most; the function that it resolves with ends it before. */
export async function record(seconds: number, done: (outcome: Outcome) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => undefined)
  if (!stream) {
    done({ fault: 'no_microphone' })
    return () => {}
  }
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: RATE })
  const stop = () => {
    if (recorder.state === 'recording') recorder.stop()
  }
  recorder.ondataavailable = ({ data }) => {
    const reader = new FileReader()
    reader.onload = () => {
      const audio = String(reader.result)
      done(audio.length <= LONGEST ? { audio } : { fault: 'too_long' })
    }
    reader.readAsDataURL(data)
  }
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  recorder.start()
  setTimeout(stop, Math.min(seconds, LASTING) * 1000)
  return stop
}
