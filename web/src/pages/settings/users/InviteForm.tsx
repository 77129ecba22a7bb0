import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, once, type Schema } from '@/api/client'
import { LANGUAGES, useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { GrantsFields } from './GrantsFields'

/** Invites somebody: a mail with a link goes out. */
export function InviteForm({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(once)
  const grants = { roles: [], customers: [], agent: null }
  const form = useForm<Schema<'NewInvitationDocument'>>({
    mode: 'uncontrolled',
    initialValues: { email: '', name: '', language: null, grants },
  })
  const send = (body: Schema<'NewInvitationDocument'>) =>
    fetchClient.POST('/api/v1/invitations', {
      params: { header: key },
      body: { ...body, name: body.name || null },
    })
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/invitations'] })
    notifications.show({ message: t('The invitation is on its way. Its link is good for seven days.') })
    close()
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Invite')}>
      <TextInput
        label={t('E-mail')}
        description={t('The link goes there.')}
        type="email"
        data-autofocus
        key={form.key('email')}
        {...form.getInputProps('email')}
      />
      <TextInput label={t('Name')} key={form.key('name')} {...form.getInputProps('name')} />
      <Select
        label={t('Language of the mail')}
        clearable
        placeholder={LANGUAGES.en}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        key={form.key('language')}
        {...form.getInputProps('language')}
      />
      <GrantsFields form={form} at="grants." grants={grants} />
    </Form>
  )
}
