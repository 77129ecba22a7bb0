import { Card, Skeleton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useRef, useState } from 'react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, ifVersion } from '@/api/client'
import { useTranslation } from '@/i18n'
import { type Agent, agentOf } from '@/pages/agents/agent'
import { ShiftsField, type ShiftsValues } from '@/pages/agents/ShiftsField'
import { Form } from '@/ui/Form'
import { Failure } from '@/ui/states'

/** What an agent says itself of shifts: on which dates it takes none, and whether it is reminded. */
export function Availability({ agent }: { agent: string }) {
  const record = $api.useQuery('get', '/api/v1/agents/{id}', { params: { path: { id: agent } } })
  const again = async () => {
    const { data } = await record.refetch()
    return data && agentOf(data)
  }
  if (record.data) return <Known agent={agentOf(record.data)} again={again} />
  if (record.error) return <Failure error={record.error} again={() => void again()} />
  return <Skeleton height={180} />
}

interface KnownProps {
  agent: Agent
  /** Reads it again. */
  again: () => Promise<Agent | undefined>
}

function Known({ agent, again }: KnownProps) {
  // What is entered is about the record as it was read: what others change meanwhile takes nothing away.
  const [read, setRead] = useState(agent)
  const reload = () => void again().then((now) => now && setRead(now))
  return (
    <Card withBorder padding="md">
      <Fields key={read.version} agent={read} done={setRead} reload={reload} />
    </Card>
  )
}

interface FieldsProps {
  agent: Agent
  /** It is saved, and is this now. */
  done: (agent: Agent) => void
  reload: () => void
}

function Fields({ agent, done, reload }: FieldsProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const saved = useRef(agent)
  const { reminders, sms_reminders, blackouts } = agent
  const form = useForm<ShiftsValues>({
    mode: 'uncontrolled',
    initialValues: { reminders, sms_reminders, blackouts },
  })
  const send = async (body: ShiftsValues, version = agent.version) => {
    const { data } = await fetchClient.PUT('/api/v1/agents/{id}/availability', {
      params: { path: { id: agent.id }, header: ifVersion(version) as { 'If-Match': string } },
      body,
    })
    if (data) saved.current = agentOf(data)
  }
  const leave = () => {
    notifications.show({ message: t('It is saved.') })
    void changed('agents')
    done(saved.current)
  }
  return (
    <Form form={form} send={send} done={leave} reload={reload} submit={t('Save')}>
      <ShiftsField form={form} />
    </Form>
  )
}
