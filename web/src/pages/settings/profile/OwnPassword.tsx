import { PasswordInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

/** Sets a new password. */
export function OwnPassword() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const form = useForm<Schema<'PasswordChange'>>({
    mode: 'uncontrolled',
    initialValues: { old: '', new: '' },
  })
  const send = async (body: Schema<'PasswordChange'>) => {
    await fetchClient.POST('/api/v1/me/password', { body })
    form.reset()
  }
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/sessions'] })
    notifications.show({ message: t('The new password is set. All other sessions have ended.') })
  }
  return (
    <Form form={form} send={send} done={done} submit={t('Set the password')}>
      <PasswordInput
        label={t('Password until now')}
        autoComplete="current-password"
        key={form.key('old')}
        {...form.getInputProps('old')}
      />
      <PasswordInput
        label={t('New password')}
        description={t('10 characters at least; a sentence is easy to keep and hard to guess.')}
        autoComplete="new-password"
        key={form.key('new')}
        {...form.getInputProps('new')}
      />
    </Form>
  )
}
