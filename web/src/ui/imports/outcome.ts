// What comes of the things in a file, as the API tells it.
import { t } from '@/i18n'

/** What a file came to, or would come to. */
export interface Outcome {
  /** Whether nothing was changed. */
  dry_run: boolean
  created: number
  exists: number
  refused: number
}

/** How often what became of things in it. */
export function outcomeText({ dry_run, created, exists, refused }: Outcome): string {
  const comes = dry_run
    ? t('{{number}} would come', { number: created })
    : t('{{number}} came', { number: created })
  const parts = [
    comes,
    exists > 0 && t('{{number}} there already', { number: exists }),
    refused > 0 && t('{{number}} refused', { number: refused }),
  ]
  return `${parts.filter(Boolean).join(', ')}.`
}

/** What became of one thing in it: first what was refused, as it has to be mended; else as it comes. */
export function refusedFirst<Item extends { outcome: string }>(items: Item[]): Item[] {
  const isRefused = ({ outcome }: Item) => outcome === 'refused'
  return [...items.filter(isRefused), ...items.filter((item) => !isRefused(item))]
}
