import { Group, Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { RoleBadges } from './RoleBadges'
import { useMayChange } from './roles'

type Invitation = Schema<'InvitationDocument'>

/** Those who were invited and have not come yet. */
export function Invitations() {
  const { t } = useTranslation()
  const invitations = $api.useQuery('get', '/api/v1/invitations', {})
  if (!invitations.error && !invitations.data?.items.length) return null
  const columns: Column<Invitation>[] = [
    { key: 'email', title: t('E-mail'), cell: ({ email }) => email },
    { key: 'name', title: t('Name'), cell: ({ name }) => name ?? '–' },
    { key: 'roles', title: t('Roles'), cell: ({ grants }) => <RoleBadges roles={grants.roles} /> },
    { key: 'expires', title: t('Good until'), cell: ({ expires_at }) => <Time at={expires_at} /> },
    {
      key: 'actions',
      title: t('What to do'),
      cell: (invitation) => <InvitationActions invitation={invitation} />,
    },
  ]
  return (
    <Stack gap="xs" component="section">
      <Title order={2} size="h4">
        {t('Invited')}
      </Title>
      <List
        label={t('Invitations')}
        columns={columns}
        rows={invitations.data?.items}
        rowKey={({ id }) => id}
        error={invitations.error}
        again={() => void invitations.refetch()}
        empty={{ title: t('Nobody is invited now.') }}
      />
    </Stack>
  )
}

function InvitationActions({ invitation: { id, email, grants } }: { invitation: Invitation }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayChange = useMayChange()
  if (!mayChange(grants.roles)) return null
  const params = { path: { id } }
  const done = (message: string) => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/invitations'] })
    notifications.show({ message })
  }
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end" display="inline-flex">
      <ConfirmButton
        size="compact-xs"
        label={t('Send again')}
        warning={t('A new link goes to {{email}}. The old one ends.', { email })}
        run={async () => {
          await fetchClient.POST('/api/v1/invitations/{id}/send', { params })
          done(t('A new link is on its way to {{email}}.', { email }))
        }}
      />
      <ConfirmButton
        size="compact-xs"
        label={t('Take back')}
        warning={t('The link that {{email}} got opens nothing any more.', { email })}
        run={async () => {
          await fetchClient.DELETE('/api/v1/invitations/{id}', { params })
          done(t('The invitation of {{email}} is taken back.', { email }))
        }}
      />
    </Group>
  )
}
