// The audio of a group's message: nothing of it is fetched before, as who hears it is written down.

import type { Schema } from '@/api/client'
import { Refusal } from '@/api/problem'

export type Message = Schema<'GroupMessageDocument'>

export function audioOf({ id }: Message): string {
  return `/api/v1/group-messages/${id}/audio`
}

/** Whether it was typed, and not spoken. */
export function isTyped({ media_type }: Message): boolean {
  return media_type.startsWith('text/')
}

/** What was typed. */
export async function typedText(message: Message): Promise<string> {
  const response = await fetch(audioOf(message)).catch(() => {
    throw Refusal.unreachable()
  })
  if (!response.ok) throw await Refusal.of(response)
  return response.text()
}
