import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, ifVersion } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { AgentFields } from './AgentFields'
import type { Agent } from './agent'
import { type AgentValues, bodyOf, valuesOf } from './agentValues'
import { useAgentsChanged } from './changed'

/** Changes who an agent is and what it costs. */
export function EditAgent({ agent }: { agent: Agent }) {
  const { t } = useTranslation()
  return (
    <DialogButton
      label={t('Edit')}
      title={t('Edit {{name}}', { name: agent.name })}
      variant="default"
      leftSection={<IconPencil size={16} />}
      room="lg"
    >
      {(close) => <EditForm agent={agent} close={close} />}
    </DialogButton>
  )
}

function EditForm({ agent, close }: { agent: Agent; close: () => void }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(agent.version)
  const form = useForm<AgentValues>({ mode: 'uncontrolled', initialValues: valuesOf(agent) })
  const send = (values: AgentValues, version?: number) =>
    fetchClient.PUT('/api/v1/agents/{id}', {
      params: { path: { id: agent.id }, header: ifVersion(version ?? read) },
      body: bodyOf(values),
    })
  const leave = (message?: string) => {
    close()
    changed()
    if (message) notifications.show({ message })
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved. Calls that run keep their prices.'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <AgentFields form={form} />
    </Form>
  )
}
