import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from './done'
import { filled } from './filled'

interface LimitProps {
  customer: Schema<'CustomerDocument'>
  /** The limit as it is; null for none. */
  limit: string | null | undefined
}

/** How far a postpaid customer may go into debt by calls. */
export function CreditLimit({ customer, limit }: LimitProps) {
  const { t } = useTranslation()
  const put = (credit_limit: string | null, version: number) =>
    fetchClient.PUT('/api/v1/customers/{id}/credit-limit', {
      params: { path: { id: customer.id }, header: ifVersion(version) },
      body: { credit_limit },
    })
  return (
    <DialogButton label={t('Credit limit')} variant="default">
      {(close) => (
        <LimitForm
          {...{ close, limit, put }}
          version={customer.version}
          field="credit_limit"
          label={t('Credit limit ({{currency}})', { currency: customer.currency })}
          description={t('How far calls may take the balance below zero. Empty: as far as they like.')}
        />
      )}
    </DialogButton>
  )
}

/** What a customer may spend on calls in a day. */
export function SpendLimit({ customer, limit }: LimitProps) {
  const { t } = useTranslation()
  const session = useSession()
  if (!session.is('owner', 'admin')) return null
  const put = (spend_per_day: string | null, version: number) =>
    fetchClient.PUT('/api/v1/customers/{id}/limits', {
      params: { path: { id: customer.id }, header: ifVersion(version) },
      body: { spend_per_day },
    })
  return (
    <DialogButton label={t('Daily limit')} variant="default">
      {(close) => (
        <LimitForm
          {...{ close, limit, put }}
          version={customer.version}
          field="spend_per_day"
          label={t('Spent on calls in a day, at most ({{currency}})', { currency: customer.currency })}
          description={t('Empty: what the settings say.')}
        />
      )}
    </DialogButton>
  )
}

interface LimitFormProps {
  close: () => void
  limit: string | null | undefined
  version: number
  field: 'credit_limit' | 'spend_per_day'
  label: string
  description: string
  put: (limit: string | null, version: number) => Promise<unknown>
}

function LimitForm({ close, limit, version, field, label, description, put }: LimitFormProps) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(version)
  const form = useForm<Record<string, string>>({
    mode: 'uncontrolled',
    initialValues: { [field]: limit ?? '' },
  })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  return (
    <Form
      form={form}
      send={(values, known) => put(filled(values[field]), known ?? read)}
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <TextInput
        label={label}
        description={description}
        inputMode="decimal"
        data-autofocus
        key={form.key(field)}
        {...form.getInputProps(field)}
      />
    </Form>
  )
}
