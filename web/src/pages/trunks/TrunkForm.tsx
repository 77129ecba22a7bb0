import { NumberInput, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import type { Trunk } from './trunk'

interface TrunkFormProps {
  /** The one that is changed; a new one is made without. */
  trunk?: Trunk
  close: () => void
}

interface Values {
  name: string
  endpoint: string
  asterisk: string
  enabled: boolean
  /** Empty for any number. */
  most_calls: number | string
}

/** Makes a trunk, or changes one. */
export function TrunkForm({ trunk, close }: TrunkFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(trunk?.version ?? 0)
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: {
      name: trunk?.name ?? '',
      endpoint: trunk?.endpoint ?? '',
      asterisk: trunk?.asterisk ?? '',
      enabled: trunk?.enabled ?? true,
      most_calls: trunk?.most_calls ?? '',
    },
  })
  const send = (values: Values, version?: number) => {
    const body = {
      ...values,
      asterisk: values.asterisk.trim() || null,
      most_calls: values.most_calls === '' ? null : Number(values.most_calls),
    }
    if (!trunk) return fetchClient.POST('/api/v1/trunks', { params: { header: key }, body })
    const params = { path: { id: trunk.id }, header: ifVersion(version ?? read) as { 'If-Match': string } }
    return fetchClient.PUT('/api/v1/trunks/{id}', { params, body })
  }
  const leave = () => {
    close()
    // Its name, and whether it is on, are said of the ways of numbers.
    void changed('trunks', 'trunk-routes/ways')
  }
  return (
    <Form
      form={form}
      send={send}
      done={leave}
      reload={leave}
      cancel={close}
      submit={trunk ? t('Save') : t('Make the trunk')}
    >
      <TextInput
        label={t('Name')}
        description={t('What it is called here.')}
        required
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <TextInput
        label={t('Endpoint')}
        description={t('Its name in the Asterisk’s own configuration; no other trunk has it.')}
        placeholder="carrier-a"
        required
        autoCapitalize="none"
        spellCheck={false}
        key={form.key('endpoint')}
        {...form.getInputProps('endpoint')}
      />
      <TextInput
        label={t('Asterisk')}
        description={t(
          'Its name in Tollgate’s configuration, where there are several; empty for the only one.',
        )}
        autoCapitalize="none"
        spellCheck={false}
        key={form.key('asterisk')}
        {...form.getInputProps('asterisk')}
      />
      <NumberInput
        label={t('Calls at once')}
        description={t('What the carrier allows; empty for any number.')}
        allowDecimal={false}
        allowNegative={false}
        key={form.key('most_calls')}
        {...form.getInputProps('most_calls')}
      />
      <Switch
        label={t('Calls go out on it, and come in')}
        key={form.key('enabled')}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
    </Form>
  )
}
