import { Select, Skeleton, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { $api, fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { Failure } from '@/ui/states'

interface TransferFormProps {
  agent: string
  call: string
  close: () => void
  done: () => void
}

/** Passes a call on that runs: to somebody who is on duty and free, or to whoever of a group is. */
export function TransferForm({ agent, call, close, done }: TransferFormProps) {
  const { t } = useTranslation()
  const targets = $api.useQuery('get', '/api/v1/agents/{id}/transfer-targets', {
    params: { path: { id: agent } },
  })
  const form = useForm({ mode: 'controlled', initialValues: { to: '' } })
  const send = ({ to }: { to: string }) =>
    fetchClient.POST('/api/v1/agents/{id}/group-calls/{call}/transfer', {
      params: { path: { id: agent, call } },
      body: to.startsWith('grp_') ? { group: to } : { agent: to },
    })
  const leave = () => {
    close()
    notifications.show({ message: t('The call is passed on.') })
    done()
  }
  if (targets.error) return <Failure error={targets.error} again={() => void targets.refetch()} />
  if (!targets.data) return <Skeleton height={120} />
  const { agents, groups } = targets.data
  if (groups.length === 0)
    return (
      <Text size="sm">{t('Nobody else is on duty and free: there is nobody to pass the call on to.')}</Text>
    )
  const options = (some: typeof agents) => some.map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Form form={form} send={send} done={leave} cancel={close} submit={t('Pass on')}>
      <Select
        label={t('To whom')}
        required
        searchable
        data={[
          { group: t('People on duty'), items: options(agents) },
          { group: t('Whoever is on duty'), items: options(groups) },
        ]}
        {...form.getInputProps('to')}
      />
      <Text size="sm" c="dimmed">
        {t(
          'The caller stays and hears that it goes on. Your phone is free; where nobody takes the call, the group’s voicemail or what else it has follows.',
        )}
      </Text>
    </Form>
  )
}
