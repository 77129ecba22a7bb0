import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { AgentFields } from './AgentFields'
import { type AgentValues, bodyOf, newValues } from './agentValues'
import { useAgentsChanged } from './changed'

/** Makes an agent, and leads to its page. */
export function NewAgent({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const { currency } = useSession().tenant
  const changed = useAgentsChanged()
  const navigate = useNavigate()
  const [header] = useState(once)
  const made = useRef<string>(undefined)
  const form = useForm<AgentValues>({ mode: 'uncontrolled', initialValues: newValues(currency) })
  const send = async (values: AgentValues) => {
    const { data } = await fetchClient.POST('/api/v1/agents', { params: { header }, body: bodyOf(values) })
    made.current = data?.id
  }
  const done = () => {
    close()
    changed()
    notifications.show({ message: t('The agent is there.') })
    if (made.current) void navigate({ to: '/agents/$id', params: { id: made.current } })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the agent')}>
      <AgentFields form={form} />
    </Form>
  )
}
