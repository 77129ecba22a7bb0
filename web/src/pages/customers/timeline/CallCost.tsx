import type { Schema } from '@/api/client'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'

/** Where the price of a call came from, if not from the plan, in a few words; its page explains it segment by segment. */
export function CallCost({ price }: { price: Schema<'PriceDocument'> | null | undefined }) {
  const { t } = useTranslation()
  if (!price) return null
  const sources: Record<string, string> = {
    agent: t("agent's price"),
    deck: t('rate deck'),
    free: t('free'),
  }
  const free = price.allowance_seconds
  const words = [
    sources[price.source],
    free > 0 ? t('{{duration}} of it free', { duration: durationText(free) }) : undefined,
  ]
  return <span>{words.filter(Boolean).join(', ')}</span>
}
