import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { LineSelect } from '@/ui/LineSelect'

export type InboundNumber = Schema<'InboundNumberDocument'>

interface InboundNumberFormProps {
  /** The one that is changed; a new one is made without. */
  inbound?: InboundNumber
  close: () => void
}

/** Has a number from outside lead to a line, or to another one. */
export function InboundNumberForm({ inbound, close }: InboundNumberFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(inbound?.version ?? 0)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { number: inbound?.number ?? '', line: inbound?.line ?? null },
    validate: { line: (line) => (line ? undefined : t('Which line?')) },
  })
  const send = ({ number, line }: ReturnType<typeof form.getValues>, version?: number) => {
    const body = { number, line: line ?? '' }
    if (!inbound) return fetchClient.POST('/api/v1/inbound-numbers', { params: { header: key }, body })
    const params = { path: { id: inbound.id }, header: ifVersion(version ?? read) as { 'If-Match': string } }
    return fetchClient.PUT('/api/v1/inbound-numbers/{id}', { params, body })
  }
  const leave = () => {
    close()
    void changed('inbound-numbers')
  }
  return (
    <Form
      form={form}
      send={send}
      done={leave}
      reload={leave}
      cancel={close}
      submit={inbound ? t('Save') : t('Make the number')}
    >
      <TextInput
        label={t('Number')}
        description={t('As it is called from outside; no line and no agent has it.')}
        placeholder="+44 20 7946 0018"
        inputMode="tel"
        required
        data-autofocus
        key={form.key('number')}
        {...form.getInputProps('number')}
      />
      <LineSelect
        label={t('Line')}
        description={t('Which one rings.')}
        required
        key={form.key('line')}
        {...form.getInputProps('line')}
      />
    </Form>
  )
}
