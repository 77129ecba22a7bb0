import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'

type Summary = Record<string, unknown>

/** What an import came to, or would come to. */
export function ImportFigures({ summary }: { summary: Summary }) {
  const { t } = useTranslation()
  const names: [string, string][] = [
    ['rows', t('Rows')],
    ['rated', t('Rated')],
    ['customers_created', t('New customers')],
    ['created_customers', t('New customers')],
    ['lines_created', t('New lines')],
    ['opening_balances', t('Opening balances')],
    ['duplicates', t('On record before')],
    ['unrated', t('Waiting for a price')],
    ['rejected', t('Rejected')],
    ['answered', t('Answered calls')],
  ]
  const counted = names.filter(([key]) => typeof summary[key] === 'number')
  const amounts = Object.entries((summary.amounts ?? {}) as Record<string, string>)
  return (
    <Facts
      facts={[
        ...counted.map(([key, title]) => ({ title, value: String(summary[key]) })),
        ...(typeof summary.seconds === 'number'
          ? [{ title: t('Duration'), value: durationText(summary.seconds) }]
          : []),
        ...(amounts.length > 0
          ? [
              {
                title: t('Charged'),
                value: amounts.map(([currency, amount]) => amountText(amount, currency)).join(' + '),
                isStrong: true,
              },
            ]
          : []),
      ]}
    />
  )
}
