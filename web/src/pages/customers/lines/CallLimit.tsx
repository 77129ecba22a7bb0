import { NumberInput, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from '../done'

interface CallLimitProps {
  line: Schema<'LineDocument'>
  mayChange: boolean
}

/** How many calls a line may have at once. */
export function CallLimit({ line, mayChange }: CallLimitProps) {
  const { t } = useTranslation()
  const settings = $api.useQuery('get', '/api/v1/tenant').data?.settings as
    | { fraud?: { calls_at_once?: number } }
    | undefined
  const usual = settings?.fraud?.calls_at_once
  return (
    <>
      <Text size="sm">
        {line.calls_at_once
          ? t('{{number}} at most, for this line', { number: line.calls_at_once })
          : t('{{number}} at most, as the settings say', { number: usual ?? '…' })}
      </Text>
      {mayChange && (
        <DialogButton
          label={t('Change')}
          title={t('Calls at once')}
          variant="default"
          style={{ alignSelf: 'start' }}
        >
          {(close) => <LimitForm line={line} close={close} />}
        </DialogButton>
      )}
    </>
  )
}

function LimitForm({ line, close }: { line: Schema<'LineDocument'>; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(line.version)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { calls_at_once: (line.calls_at_once ?? '') as number | string },
  })
  const send = ({ calls_at_once }: ReturnType<typeof form.getValues>, version?: number) =>
    fetchClient.PUT('/api/v1/lines/{id}/limits', {
      params: { path: { id: line.id }, header: ifVersion(version ?? read) },
      body: { calls_at_once: calls_at_once === '' ? null : Number(calls_at_once) },
    })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <NumberInput
        label={t('Calls at once')}
        description={t('Empty: what the settings say.')}
        min={1}
        max={10000}
        allowDecimal={false}
        data-autofocus
        key={form.key('calls_at_once')}
        {...form.getInputProps('calls_at_once')}
      />
    </Form>
  )
}
