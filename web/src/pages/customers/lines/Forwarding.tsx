import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from '../done'
import { filled } from '../filled'

interface ForwardingProps {
  line: Schema<'LineDocument'>
  mayChange: boolean
}

/** Where a line's calls go that its phone does not take. */
export function Forwarding({ line, mayChange }: ForwardingProps) {
  const { t } = useTranslation()
  const names = useNames()
  const kinds = ['always', 'busy', 'no_answer'] as const
  return (
    <>
      {kinds.map((kind) => (
        <Text key={kind} size="sm">
          {names[kind]}: <span className="figures">{line.forwarding[kind] ?? t('nowhere')}</span>
        </Text>
      ))}
      {mayChange && (
        <DialogButton
          label={t('Change')}
          title={t('Forwarding')}
          variant="default"
          style={{ alignSelf: 'start' }}
        >
          {(close) => <ForwardingForm line={line} close={close} />}
        </DialogButton>
      )}
    </>
  )
}

function useNames() {
  const { t } = useTranslation()
  return { always: t('All calls'), busy: t('While it is busy'), no_answer: t('Without an answer') }
}

function ForwardingForm({ line, close }: { line: Schema<'LineDocument'>; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(line.version)
  const names = useNames()
  const { always, busy, no_answer } = line.forwarding
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { always: always ?? '', busy: busy ?? '', no_answer: no_answer ?? '' },
  })
  const send = (values: ReturnType<typeof form.getValues>, version?: number) =>
    fetchClient.PUT('/api/v1/lines/{id}/forwarding', {
      params: { path: { id: line.id }, header: ifVersion(version ?? read) },
      body: {
        always: filled(values.always),
        busy: filled(values.busy),
        no_answer: filled(values.no_answer),
      },
    })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  const number = (kind: keyof typeof names, description?: string) => (
    <TextInput
      label={names[kind]}
      description={description}
      inputMode="tel"
      key={form.key(kind)}
      {...form.getInputProps(kind)}
    />
  )
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <Text size="sm">
        {t('A number to which they go; empty for nowhere. The line pays for the call that goes on.')}
      </Text>
      {number('always', t('Its phone does not ring.'))}
      {number('busy')}
      {number('no_answer')}
    </Form>
  )
}
