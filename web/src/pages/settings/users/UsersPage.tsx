import { Anchor, Badge, Group } from '@mantine/core'
import { useState } from 'react'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { Invitations } from './Invitations'
import { InviteForm } from './InviteForm'
import { type Member, MemberDialog } from './MemberDialog'
import { RoleBadges } from './RoleBadges'

/** Who may sign in, and what they may do. */
export function UsersPage() {
  const { t } = useTranslation()
  const session = useSession()
  const canInvite = session.is('owner', 'admin', 'clerk')
  const [opened, setOpened] = useState<string>()
  const members = listed(
    $api.useInfiniteQuery('get', '/api/v1/members', { params: { query: { limit: 50 } } }, PAGES),
  )
  return (
    <Page
      title={t('Users')}
      actions={
        canInvite && (
          <DialogButton label={t('Invite')} title={t('Invite somebody')} anchor="new" size="sm">
            {(close) => <InviteForm close={close} />}
          </DialogButton>
        )
      }
    >
      <List
        label={t('Users')}
        columns={useColumns(setOpened)}
        rowKey={({ id }) => id}
        empty={{ title: t('There is nobody yet.') }}
        {...members}
      />
      {canInvite && <Invitations />}
      <MemberDialog
        member={members.rows?.find(({ id }) => id === opened)}
        close={() => setOpened(undefined)}
      />
    </Page>
  )
}

function useColumns(open: (id: string) => void): Column<Member>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, user }) => (
        <Group gap="xs" display="inline-flex">
          <Anchor component="button" type="button" onClick={() => open(id)}>
            {user.name}
          </Anchor>
          {user.state !== 'active' && (
            <Badge variant="light" color="red" radius="sm">
              {t('disabled')}
            </Badge>
          )}
        </Group>
      ),
    },
    { key: 'sign-in', title: t('Signs in as'), cell: ({ user }) => user.sign_in },
    { key: 'roles', title: t('Roles'), cell: ({ roles }) => <RoleBadges roles={roles} /> },
    {
      key: 'second-factor',
      title: t('Second factor'),
      cell: ({ user }) => (user.second_factor ? t('on') : t('off')),
    },
    {
      key: 'since',
      title: t('Since'),
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
      isFigure: true,
    },
  ]
}
