import { Alert, Divider, Drawer, Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Facts } from '@/ui/Facts'
import { Form } from '@/ui/Form'
import { type Grants, GrantsFields } from './GrantsFields'
import { RoleBadges } from './RoleBadges'
import { useMayChange } from './roles'

export type Member = Schema<'MemberDocument'>

/** Refetches who is a member, and says what was done. */
function useDone() {
  const queries = useQueryClient()
  return (message: string) => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/members'] })
    notifications.show({ message })
  }
}

/** What a member may do, and what can be done about the sign-in. */
export function MemberDialog({ member, close }: { member: Member | undefined; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Drawer
      opened={member !== undefined}
      onClose={close}
      position="right"
      title={member?.user.name}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {member && <MemberPanel key={member.id} member={member} close={close} />}
    </Drawer>
  )
}

function MemberPanel({ member, close }: { member: Member; close: () => void }) {
  const { t } = useTranslation()
  const session = useSession()
  const mayChange = useMayChange()
  const queries = useQueryClient()
  const [reading, setReading] = useState(0)
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: ['get', '/api/v1/members'] })
    setReading(reading + 1)
  }
  const isOwn = member.id === session.user.id
  const canChange = session.is('owner', 'admin', 'clerk') && mayChange(member.roles)
  return (
    <Stack gap="md">
      <Facts
        facts={[
          { title: t('Signs in as'), value: member.user.sign_in },
          { title: t('E-mail'), value: member.user.email ?? '–' },
          { title: t('Second factor'), value: member.user.second_factor ? t('on') : t('off') },
          { title: t('Since'), value: <Time at={member.created_at} style="date" /> },
        ]}
      />
      {canChange ? (
        <MemberForm key={reading} member={member} reload={() => void reload()} close={close} />
      ) : (
        <RoleBadges roles={member.roles} />
      )}
      {!canChange && session.is('owner', 'admin', 'clerk') && (
        <Text size="sm" c="dimmed">
          {t('They have a role above yours: somebody above you changes it.')}
        </Text>
      )}
      {canChange && !isOwn && <MemberActions member={member} close={close} />}
    </Stack>
  )
}

interface MemberFormProps {
  member: Member
  reload: () => void
  close: () => void
}

function MemberForm({ member, reload, close }: MemberFormProps) {
  const { t } = useTranslation()
  const said = useDone()
  // What is entered is about the member as it was when the form opened.
  const [read] = useState(member.version)
  const isOwn = member.id === useSession().user.id
  const { roles, customers, agent } = member
  const form = useForm<Grants>({ mode: 'uncontrolled', initialValues: { roles, customers, agent } })
  const send = (body: Grants, version?: number) =>
    fetchClient.PUT('/api/v1/members/{id}', {
      params: {
        path: { id: member.id },
        header: ifVersion(version ?? read) as { 'If-Match': string },
      },
      body,
    })
  const done = () => {
    said(t('What {{name}} may do is changed.', { name: member.user.name }))
    close()
  }
  return (
    <Form form={form} send={send} done={done} reload={reload} submit={t('Save')}>
      <GrantsFields form={form} at="" grants={member} />
      {isOwn && (
        <Alert color="yellow" p="xs">
          {t('These are your own roles: you sign in again once they are changed.')}
        </Alert>
      )}
    </Form>
  )
}

function MemberActions({ member, close }: { member: Member; close: () => void }) {
  const { t } = useTranslation()
  const said = useDone()
  const leads = useSession().is('owner', 'admin')
  const { name } = member.user
  const params = { path: { id: member.id } }
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/members/{id}', { params })
    close()
    said(t('{{name}} has no place here any more.', { name }))
  }
  return (
    <>
      <Divider />
      <Group gap="xs">
        {leads && <SignInActions member={member} said={said} />}
        <ConfirmButton
          label={t('Remove')}
          warning={t('{{name}} loses the place here. What they have done stays in the records.', { name })}
          run={remove}
          color="red"
          variant="outline"
        />
      </Group>
    </>
  )
}

function SignInActions({ member, said }: { member: Member; said: (message: string) => void }) {
  const { t } = useTranslation()
  const { name, state, second_factor } = member.user
  const params = { path: { id: member.id } }
  const disable = async () => {
    await fetchClient.POST('/api/v1/members/{id}/disable', { params })
    said(t('{{name}} cannot sign in any more.', { name }))
  }
  const enable = async () => {
    await fetchClient.POST('/api/v1/members/{id}/enable', { params })
    said(t('{{name}} can sign in again.', { name }))
  }
  const reset = async () => {
    await fetchClient.DELETE('/api/v1/members/{id}/second-factor', { params })
    said(t('The password of {{name}} is enough now.', { name }))
  }
  return (
    <>
      {state === 'active' ? (
        <ConfirmButton
          label={t('Disable the sign-in')}
          warning={t('All sessions of {{name}} end, and nobody signs in with this name.', { name })}
          run={disable}
        />
      ) : (
        <ConfirmButton
          label={t('Enable the sign-in')}
          warning={t('{{name}} can sign in again with the password from before.', { name })}
          run={enable}
        />
      )}
      {second_factor && (
        <ConfirmButton
          label={t('Reset the second factor')}
          warning={t(
            'For somebody who has lost it. Until {{name}} begins with a new one the password is enough.',
            {
              name,
            },
          )}
          run={reset}
        />
      )}
    </>
  )
}
