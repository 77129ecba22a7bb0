import { Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

interface NoteFormProps {
  call: { id: string; version: number; note?: string | null; outcome?: string | null }
  /** The agent who took the call and notes it itself; else a coordinator does. */
  of?: string
  reload: () => void
  close: () => void
}

/** Notes something of a call, in the place of what was noted before. */
export function NoteForm({ call, of, reload, close }: NoteFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [read] = useState(call.version)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { outcome: call.outcome ?? '', note: call.note ?? '' },
  })
  const send = ({ note, outcome }: { note: string; outcome: string }, version = read) => {
    const header = ifVersion(version) as { 'If-Match': string }
    const body = { note: note.trim() || null, outcome: outcome.trim() || null }
    if (of) {
      const params = { path: { id: of, call: call.id }, header }
      return fetchClient.PUT('/api/v1/agents/{id}/group-calls/{call}/note', { params, body })
    }
    const params = { path: { id: call.id }, header }
    return fetchClient.PUT('/api/v1/group-calls/{id}/note', { params, body })
  }
  const leave = () => {
    close()
    notifications.show({ message: t('It is noted.') })
    void changed('groups', 'group-calls', 'agents')
  }
  return (
    <Form form={form} send={send} done={leave} reload={reload} cancel={close} submit={t('Save')}>
      <TextInput
        label={t('Outcome')}
        description={t('In a word of your own, such as “helped” or “calls again”.')}
        maxLength={100}
        key={form.key('outcome')}
        {...form.getInputProps('outcome')}
      />
      <Textarea
        label={t('Note')}
        description={t('Whoever may see the calls of this group reads it.')}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={4000}
        key={form.key('note')}
        {...form.getInputProps('note')}
      />
    </Form>
  )
}
