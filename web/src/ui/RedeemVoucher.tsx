import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useRef } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { Refusal } from '@/api/problem'
import { amountText } from '@/format/money'
import { type Translate, useTranslation } from '@/i18n'
import { Form } from './Form'

/** Redeems a voucher for a customer: its amount is on the account at once. */
export function RedeemVoucher({ customer, close }: { customer: string; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { code: '' },
    validate: { code: (code) => (code.trim() ? undefined : t('Which code is it?')) },
  })
  // One key for each code that is tried: however often it is sent, it is redeemed once.
  const sent = useRef({ code: '', header: once() })
  const send = async ({ code }: { code: string }) => {
    if (sent.current.code !== code) sent.current = { code, header: once() }
    const params = { path: { id: customer }, header: sent.current.header }
    const redeeming = fetchClient.POST('/api/v1/customers/{id}/vouchers', { params, body: { code } })
    const { data } = await redeeming.catch((error) => {
      throw inWords(error, t)
    })
    if (!data) return
    const amount = amountText(data.amount, data.currency)
    notifications.show({ message: t('{{amount}} is on the account.', { amount }), color: 'green' })
  }
  const done = () => {
    close()
    void changed('payments', 'invoices', 'customers', 'lines', 'receipts', 'overview', 'voucher-batches')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Redeem')}>
      <Text size="sm">{t('The code is on the voucher: four groups of four letters and digits.')}</Text>
      <TextInput
        label={t('Code')}
        placeholder="XXXX-XXXX-XXXX-XXXX"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        required
        data-autofocus
        key={form.key('code')}
        {...form.getInputProps('code')}
      />
    </Form>
  )
}

/** Why a code is refused, in the language that is spoken. */
function inWords(error: unknown, t: Translate): unknown {
  if (!(error instanceof Refusal) || !error.problem) return error
  const { reason } = error.problem as { reason?: string }
  const words: Record<string, string> = {
    mistyped: t('A letter is wrong or missing. Look at the code again.'),
    unknown: t('No voucher that could be redeemed has this code.'),
    used: t('This voucher is redeemed already: it is on the account.'),
    expired: t('This voucher has expired.'),
    revoked: t('This voucher is worth nothing any more.'),
    'wrong-currency': t('This voucher is in another currency than the account.'),
    'too-many-attempts': t('Too many wrong codes were tried. Try again in a quarter of an hour.'),
  }
  const detail = words[reason ?? error.kind]
  if (!detail) return error
  return new Refusal(error.status, error.kind, {
    ...error.problem,
    detail,
    errors: [{ pointer: '/code', detail }],
  })
}
