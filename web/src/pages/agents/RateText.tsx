import { Stack, Text } from '@mantine/core'
import { amountText, isZero } from '@/format/money'
import { useTranslation } from '@/i18n'
import type { Rate } from '@/pages/prices/document'
import type { Agent } from './agent'

/** What calls to an agent cost, in one line: the fee once, then by the minute, or by steps. */
export function RateText({ rate, currency }: { rate: Rate; currency: string }) {
  const { t } = useTranslation()
  const { connect_fee, price_per_minute, steps } = rate
  const first = steps?.[0]
  const price = price_per_minute
    ? t('{{price}} a minute', { price: amountText(price_per_minute, currency) })
    : first?.per_seconds === 60
      ? t('{{price}} a minute at first', { price: amountText(first.price, currency) })
      : t('in steps')
  const words = isZero(connect_fee)
    ? price
    : t('{{fee}} + {{price}}', { fee: amountText(connect_fee, currency), price })
  return (
    <Text span inherit className="figures">
      {words}
    </Text>
  )
}

/** What calls cost in each currency. */
export function Rates({ prices }: Pick<Agent, 'prices'>) {
  const { t } = useTranslation()
  const priced = Object.entries(prices)
  if (priced.length === 0) return <Text inherit>{t('no price yet')}</Text>
  return (
    <Stack gap={0} display="inline-flex">
      {priced.map(([currency, { rate }]) => (
        <RateText key={currency} rate={rate} currency={currency} />
      ))}
    </Stack>
  )
}

/** What a message costs in each currency. */
export function MessagePrices({ prices }: Pick<Agent, 'prices'>) {
  const { t } = useTranslation()
  const priced = Object.entries(prices).flatMap(([currency, { price_per_message: price }]) =>
    price ? [isZero(price) ? t('free of charge') : amountText(price, currency)] : [],
  )
  return (
    <Text span inherit className="figures">
      {priced.join(' · ') || t('takes none')}
    </Text>
  )
}
