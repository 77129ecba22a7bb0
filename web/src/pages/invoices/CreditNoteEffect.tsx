import { Alert, List } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { $api } from '@/api/client'
import { amountText, isZero } from '@/format/money'
import { useTranslation } from '@/i18n'
import type { NewCreditNote } from './CreditNoteForm'
import type { Paper } from './paper'

interface EffectProps {
  invoice: Paper
  /** The lines that are chosen; all, where none are given. */
  lines?: NewCreditNote['lines']
}

/** What a credit note would do, before it is made. */
export function CreditNoteEffect({ invoice, lines }: EffectProps) {
  const { t } = useTranslation()
  const settlements = $api.useQuery('get', '/api/v1/invoices/{id}/settlements', {
    params: { path: { id: invoice.id ?? '' } },
  })
  const isCredited = settlements.data?.items.some(({ kind }) => kind === 'credit_note')
  const amount = (text: string) => amountText(text, invoice.currency)
  const total = { amount: amount(invoice.total) }
  const taken = lines
    ? lines.map(({ line, amount: part }) => {
        const { name, amount: whole } = invoice.lines[line] ?? { name: '', amount: '0' }
        return part.trim()
          ? t('{{amount}} of “{{name}}” is taken back', { amount: part.trim(), name })
          : t('What is left of the {{amount}} of “{{name}}” is taken back', { amount: amount(whole), name })
      })
    : [
        isCredited
          ? t('What earlier credit notes have left of {{amount}} is taken back', total)
          : t('{{amount}} is taken back, tax included', total),
      ]
  return (
    <Alert icon={<IconInfoCircle />} title={t('What it does')}>
      <List size="sm" spacing={4}>
        {taken.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
        {lines && <List.Item>{t('The tax of what is net goes with it')}</List.Item>}
        {!isZero(invoice.open) && (
          <List.Item>
            {t('First it settles the {{amount}} that is still to be paid of this invoice', {
              amount: amount(invoice.open),
            })}
          </List.Item>
        )}
        <List.Item>
          {t('What is left then settles other invoices, the oldest first, or waits for the next one')}
        </List.Item>
        <List.Item>{t('The invoice itself is not changed')}</List.Item>
      </List>
    </Alert>
  )
}
