/** Why there is no microphone: the page is not secure, the user does not let it, or there is none. */
export type Muteness = 'insecure' | 'refused' | 'none'

export type Microphone = { stream: MediaStream } | { why: Muteness }

/** Asks for the microphone. Browsers give it to pages only that came by HTTPS or from the machine itself. */
export async function microphone(): Promise<Microphone> {
  if (!navigator.mediaDevices) return { why: 'insecure' }
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ audio: true }) }
  } catch (error) {
    return { why: error instanceof DOMException && error.name === 'NotAllowedError' ? 'refused' : 'none' }
  }
}
