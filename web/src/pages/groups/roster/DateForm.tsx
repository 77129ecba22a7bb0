import { SegmentedControl, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import type { Spell } from '../group'
import { AgentSelect } from './AgentSelect'
import { HoursField } from './HoursField'
import { type Drag, datedHours } from './week'

interface DateFormProps {
  /** The id of the group. */
  group: string
  zone: string
  /** What is changed, for this one time. */
  spell: Spell
  /** How far it has been dragged. */
  drag?: Drag
  close: () => void
}

interface Values {
  change: 'move' | 'replace' | 'remove'
  date: string
  hours: string
  by: string | null
}

/** Changes a shift for one date: at another time, by somebody else, or not at all. The shift stays what it is. */
export function DateForm({ group, zone, spell: { duty }, drag, close }: DateFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [keys] = useState(() => [once(), once()] as const)
  const was = datedHours(duty, zone)
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: { change: drag ? 'move' : 'replace', by: null, ...datedHours(duty, zone, drag) },
    validate: {
      by: (by, { change }) => (change !== 'replace' || by ? undefined : t('Who?')),
    },
  })
  const { change } = form.getValues()
  const post = (header: ReturnType<typeof once>, body: Schema<'OverrideBody'>) =>
    fetchClient.POST('/api/v1/groups/{id}/overrides', { params: { path: { id: group }, header }, body })
  const send = async ({ date, hours, by }: Values) => {
    const { agent, priority } = duty
    if (change === 'move') {
      // First where it goes: at no instant is nobody there.
      await post(keys[0], { kind: 'add', agent, priority, date, hours })
      await post(keys[1], { kind: 'remove', agent, ...was })
    } else if (change === 'replace') await post(keys[0], { kind: change, agent, by, date, hours })
    else await post(keys[0], { kind: change, agent, date, hours })
  }
  const leave = () => {
    close()
    void changed('groups')
  }
  return (
    <Form form={form} send={send} done={leave} cancel={close} submit={t('Change this date')}>
      <SegmentedControl
        fullWidth
        aria-label={t('What changes')}
        data={[
          { value: 'replace', label: t('Another person') },
          { value: 'move', label: t('Another time') },
          { value: 'remove', label: t('Not on duty') },
        ]}
        {...form.getInputProps('change')}
      />
      {change === 'replace' && <AgentSelect label={t('Who instead')} {...form.getInputProps('by')} />}
      <TextInput type="date" label={t('Date')} required {...form.getInputProps('date')} />
      <HoursField {...form.getInputProps('hours')} />
    </Form>
  )
}
