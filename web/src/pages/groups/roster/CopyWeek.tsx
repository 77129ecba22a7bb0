import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { dayAfter } from '@/format/civil'
import { periodText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import type { Override } from '../group'
import { daysBetween, mondayOf } from './week'

interface CopyWeekProps {
  /** The id of the group. */
  group: string
  /** The week that is shown. */
  monday: string
  /** Its changes. */
  changes: Override[]
}

/** Has another week changed as this one is. */
export function CopyWeek(props: CopyWeekProps) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Copy the week')} variant="default" size="xs" leftSection={<IconCopy size={16} />}>
      {(close) => <CopyForm {...props} close={close} />}
    </DialogButton>
  )
}

function CopyForm({ group, monday, changes, close }: CopyWeekProps & { close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const copied = changes.filter(({ kind }) => kind !== 'closed')
  const [keys] = useState(() => new Map(copied.map(({ id }) => [id, once()])))
  const form = useForm({ mode: 'controlled', initialValues: { date: dayAfter(monday, 7) } })
  const { date } = form.getValues()
  const target = date && mondayOf(date)
  const send = async () => {
    const there = await changesOf(group, target)
    const by = daysBetween(monday, target)
    for (const change of copied) {
      const body = { ...change, date: dayAfter(change.date, by) }
      if (there.some((each) => isSame(each, body))) continue
      const header = keys.get(change.id)
      const params = { path: { id: group }, header }
      await fetchClient.POST('/api/v1/groups/{id}/overrides', { params, body: bodyOf(body) })
    }
  }
  const done = () => {
    close()
    notifications.show({ message: t('The week is copied.') })
    void changed('groups')
  }
  if (copied.length === 0)
    return (
      <Text size="sm">
        {t('This week is as every week: there is nothing to copy. Closed days are not copied.')}
      </Text>
    )
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Copy')}>
      <Text size="sm">
        {t('{{count}} changes for dates are copied; closed days are not.', {
          count: copied.length,
          defaultValue_one: '{{count}} change for a date is copied; closed days are not.',
          defaultValue_other: '{{count}} changes for dates are copied; closed days are not.',
        })}
      </Text>
      <TextInput
        type="date"
        label={t('To the week of')}
        description={target && periodText({ from: target, to: dayAfter(target, 7) })}
        required
        {...form.getInputProps('date')}
      />
    </Form>
  )
}

async function changesOf(group: string, monday: string): Promise<Override[]> {
  const params = { path: { id: group }, query: { from: monday, until: dayAfter(monday, 6) } }
  const { data } = await fetchClient.GET('/api/v1/groups/{id}/overrides', { params })
  return data?.items ?? []
}

function bodyOf({ id: _, ...change }: Override): Schema<'OverrideBody'> {
  return change
}

const isSame = ({ id: _, ...one }: Override, { id: __, ...other }: Override) =>
  JSON.stringify(one) === JSON.stringify(other)
