import { NumberInput, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef, useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import type { Group } from './group'

interface GroupFormProps {
  /** The one that is changed; a new one is made without. */
  group?: Group
  /** It is saved, under this id. */
  done: (id: string) => void
  reload?: () => void
  cancel?: () => void
}

interface Values {
  name: string
  time_zone: string | null
  wanted: number | string
}

/** Makes a group, or changes one. */
export function GroupForm({ group, done, reload, cancel }: GroupFormProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const changed = useChanged()
  const [key] = useState(once)
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(group?.version ?? 0)
  const saved = useRef('')
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: {
      name: group?.name ?? '',
      time_zone: group?.time_zone ?? null,
      wanted: group?.wanted ?? 1,
    },
  })
  const send = async (values: Values, version?: number) => {
    const body = { ...values, wanted: Number(values.wanted) }
    const header = ifVersion(version ?? read) as { 'If-Match': string }
    const { data } = group
      ? await fetchClient.PUT('/api/v1/groups/{id}', { params: { path: { id: group.id }, header }, body })
      : await fetchClient.POST('/api/v1/groups', { params: { header: key }, body })
    saved.current = data?.id ?? ''
  }
  const leave = () => {
    void changed('groups')
    done(saved.current)
  }
  return (
    <Form
      form={form}
      send={send}
      done={leave}
      reload={reload}
      cancel={cancel}
      submit={group ? t('Save') : t('Make the group')}
    >
      <TextInput
        label={t('Name')}
        required
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <Select
        label={t('Time zone')}
        description={t('Of its roster: the hours of shifts are those of its clocks.')}
        placeholder={time_zone}
        data={Intl.supportedValuesOf('timeZone')}
        searchable
        clearable
        limit={50}
        key={form.key('time_zone')}
        {...form.getInputProps('time_zone')}
      />
      <NumberInput
        label={t('Wanted on duty')}
        description={t('How many at any time: where there are fewer, the roster has a gap.')}
        required
        min={1}
        max={100}
        allowDecimal={false}
        key={form.key('wanted')}
        {...form.getInputProps('wanted')}
      />
    </Form>
  )
}
