import { Group as Row, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Facts } from '@/ui/Facts'
import { GroupForm } from './GroupForm'
import { type Group, useZone } from './group'
import { useMayChange } from './rights'

/** What a group is set to, and its end. Whoever may not change it sees it. */
export function GroupSettings({ group, again }: { group: Group; again: () => void }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  if (!useMayChange())
    return (
      <Facts
        facts={[
          { title: t('Name'), value: group.name },
          { title: t('Time zone'), value: zone },
          { title: t('Wanted on duty'), value: group.wanted },
        ]}
      />
    )
  const saved = () => notifications.show({ message: t('The group is saved.') })
  return (
    <Stack gap="xl" maw={560}>
      <GroupForm group={group} done={saved} reload={again} />
      <Row>
        <Delete group={group} />
      </Row>
    </Stack>
  )
}

function Delete({ group: { id, name } }: { group: Group }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const navigate = useNavigate()
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/groups/{id}', { params: { path: { id } } })
    await navigate({ to: '/groups' })
    notifications.show({ message: t('{{name}} is gone.', { name }) })
    void changed('groups')
  }
  return (
    <ConfirmButton
      label={t('Delete the group')}
      warning={t('{{name}} goes with its whole roster: all shifts and changes for dates.', { name })}
      run={remove}
    />
  )
}
