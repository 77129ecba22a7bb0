import { Checkbox, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient } from '@/api/client'
import { dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { type Role, useSession } from '@/session'
import { Form } from '@/ui/Form'
import { mayGive, useRoles } from '../users/roles'
import { Secret } from './Secret'

interface Values {
  name: string
  scopes: string[]
  /** The day from whose beginning it opens nothing; empty for none. */
  expires_at: string
}

/** Makes a key, and shows its secret this once. */
export function KeyForm({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const queries = useQueryClient()
  const [secret, setSecret] = useState<string>()
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: { name: '', scopes: [], expires_at: '' },
  })
  const scopes = useScopes()
  if (secret) return <Secret secret={secret} title={t('The key')} close={close} />
  const send = async ({ expires_at, ...key }: Values) => {
    const { data } = await fetchClient.POST('/api/v1/keys', {
      body: { ...key, expires_at: expires_at ? dayStart(expires_at, tenant.time_zone) : null },
    })
    setSecret(data?.secret)
  }
  const done = () => void queries.invalidateQueries({ queryKey: ['get', '/api/v1/keys'] })
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the key')}>
      <TextInput
        label={t('Name')}
        description={t('What it is for.')}
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <Checkbox.Group label={t('May do')} key={form.key('scopes')} {...form.getInputProps('scopes')}>
        <Stack gap="xs" mt={6}>
          {scopes.map(({ scope, name, help }, position) => (
            <Checkbox
              key={scope}
              value={scope}
              label={name}
              description={help}
              data-path={position === 0 ? 'scopes' : undefined}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <TextInput
        label={t('Good until')}
        description={t('It opens nothing from the beginning of this day on; empty for no end.')}
        type="date"
        key={form.key('expires_at')}
        {...form.getInputProps('expires_at')}
      />
    </Form>
  )
}

/** What whoever is signed in may let a key do. */
function useScopes() {
  const { t } = useTranslation()
  const session = useSession()
  const people: Role[] = ['agent', 'customer']
  return [
    {
      scope: 'switch',
      name: t('Switch'),
      help: t('asks for calls, tells how they went, and nothing else'),
    },
    ...useRoles()
      .filter(({ role }) => !people.includes(role) && mayGive(session, role))
      .map(({ role, name, help }) => ({ scope: role as string, name, help })),
  ]
}
