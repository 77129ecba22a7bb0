import { Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { $api, type Schema } from '@/api/client'
import { amountText, isZero } from '@/format/money'
import { useTranslation } from '@/i18n'

type Quote = Schema<'QuoteDocument'>

/** What a message to the agent costs now. */
export function useQuote(customer: string, agent: string, isWanted: boolean): Quote | undefined {
  // The price is the same for every text: any one asks for all.
  const body = { customer, agent, text: '?' }
  return $api.useQuery('post', '/api/v1/messages/quote', { body }, { enabled: isWanted }).data
}

/** The price of the message that is being written; or why it cannot be sent. */
export function Cost({ quote }: { quote: Quote | undefined }) {
  const { t } = useTranslation()
  if (!quote) return <Text size="sm">&nbsp;</Text>
  const { price, available, currency, refusal, missing } = quote
  const amount = (value: string) => amountText(value, currency)
  if (refusal) {
    const reasons: Record<string, string> = {
      insufficient_balance: t('A message costs {{price}}. You need {{missing}} more.', {
        price: amount(price ?? '0'),
        missing: amount(missing),
      }),
      agent_without_price: t('No messages are taken here.'),
      blocked: t('Messages between you two are not possible.'),
      suspended: t('Your lines are suspended: messages that cost something are not possible.'),
      customer_closed: t('Your account is closed.'),
    }
    return (
      <Group gap={6} wrap="nowrap" role="status">
        <IconAlertTriangle size={16} aria-hidden />
        <Text size="sm">{reasons[refusal.reason] ?? refusal.detail}</Text>
      </Group>
    )
  }
  return (
    <Group gap="md" role="status">
      <Text size="sm">
        {isZero(price ?? '0')
          ? t('This message is free.')
          : t('This message costs {{price}}.', { price: amount(price ?? '0') })}
      </Text>
      {available && (
        <Text size="sm" c="dimmed">
          {t('You have {{amount}}.', { amount: amount(available) })}
        </Text>
      )}
    </Group>
  )
}
