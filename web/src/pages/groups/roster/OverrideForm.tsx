import { Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { AgentSelect } from './AgentSelect'
import { HoursField } from './HoursField'

interface OverrideFormProps {
  /** The id of the group. */
  group: string
  /** The day that is meant at first. */
  date: string
  close: () => void
}

interface Values {
  kind: string
  date: string
  isWholeDay: boolean
  hours: string
  name: string
  agent: string | null
  by: string | null
}

/** Changes a roster for a date. */
export function OverrideForm({ group, date, close }: OverrideFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: {
      kind: 'closed',
      date,
      isWholeDay: true,
      hours: '08:00-12:00',
      name: '',
      agent: null,
      by: null,
    },
    validate: {
      agent: (agent, { kind }) => (kind === 'closed' || agent ? undefined : t('Who?')),
      by: (by, { kind }) => (kind !== 'replace' || by ? undefined : t('Who?')),
    },
  })
  const { kind, isWholeDay } = form.getValues()
  const send = (values: Values) => {
    const params = { path: { id: group }, header: key }
    return fetchClient.POST('/api/v1/groups/{id}/overrides', { params, body: bodyOf(values) })
  }
  const leave = () => {
    close()
    void changed('groups')
  }
  return (
    <Form form={form} send={send} done={leave} cancel={close} submit={t('Change this date')}>
      <KindField {...form.getInputProps('kind')} />
      <TextInput type="date" label={t('Date')} required {...form.getInputProps('date')} />
      {kind === 'closed' ? (
        <TextInput label={t('Why')} placeholder={t('Boxing Day')} required {...form.getInputProps('name')} />
      ) : (
        <AgentSelect
          label={kind === 'add' ? t('Who') : t('Who is not on duty')}
          {...form.getInputProps('agent')}
        />
      )}
      {kind === 'replace' && <AgentSelect label={t('Who instead')} {...form.getInputProps('by')} />}
      <Switch label={t('The whole day')} {...form.getInputProps('isWholeDay', { type: 'checkbox' })} />
      {!isWholeDay && <HoursField {...form.getInputProps('hours')} />}
    </Form>
  )
}

function bodyOf({ kind, date, isWholeDay, hours, name, agent, by }: Values): Schema<'OverrideBody'> {
  return {
    kind,
    date,
    hours: isWholeDay ? null : hours,
    name: kind === 'closed' ? name : null,
    agent: kind === 'closed' ? null : agent,
    by: kind === 'replace' ? by : null,
  }
}

function KindField(props: { value?: string; onChange?: (kind: string | null) => void }) {
  const { t } = useTranslation()
  return (
    <Select
      label={t('What changes')}
      allowDeselect={false}
      data-autofocus
      data={[
        { value: 'closed', label: t('The group is closed') },
        { value: 'remove', label: t('Somebody is not on duty') },
        { value: 'replace', label: t('Somebody else is on duty instead') },
        { value: 'add', label: t('Somebody is on duty as well') },
      ]}
      {...props}
    />
  )
}
