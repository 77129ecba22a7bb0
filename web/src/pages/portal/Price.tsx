import { Group, Text } from '@mantine/core'
import { amountText, isZero } from '@/format/money'
import { useTranslation } from '@/i18n'

interface PriceProps {
  rate: { connect_fee: string; price_per_minute: string }
  currency: string
}

/** What a call costs, in short. */
export function Price({ rate: { connect_fee, price_per_minute }, currency }: PriceProps) {
  const { t } = useTranslation()
  return (
    <Group gap="0 var(--mantine-spacing-md)" align="baseline" className="figures">
      <Text fw={650}>{t('{{amount}} a minute', { amount: amountText(price_per_minute, currency) })}</Text>
      {!isZero(connect_fee) && (
        <Text>{t('{{amount}} to connect', { amount: amountText(connect_fee, currency) })}</Text>
      )}
    </Group>
  )
}
