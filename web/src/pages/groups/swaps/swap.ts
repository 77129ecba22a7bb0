import type { Schema } from '@/api/client'
import { t } from '@/i18n'

export type Swap = Schema<'SwapDocument'>

/** Whether the roster may still change by it. */
export function isOpen({ state, awaits_approval }: Swap): boolean {
  return state === 'offered' || awaits_approval
}

/** How far it is, in words. */
export function stateText({ state, awaits_approval }: Swap): string {
  if (awaits_approval) return t('awaits approval')
  const words: Record<string, string> = {
    offered: t('offered'),
    taken: t('taken'),
    approved: t('approved'),
    refused: t('not approved'),
    withdrawn: t('withdrawn'),
    expired: t('came to nothing'),
  }
  return words[state] ?? state
}

export function stateColor({ state, awaits_approval }: Swap): string {
  if (awaits_approval) return 'yellow'
  const colors: Record<string, string> = {
    offered: 'blue',
    taken: 'green',
    approved: 'green',
    refused: 'red',
  }
  return colors[state] ?? 'gray'
}

/** Since when it is as it is. */
export function since({ acts, created_at }: Swap): string {
  return acts.at(-1)?.at ?? created_at
}
