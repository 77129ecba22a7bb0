import { Group as Row, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Facts } from '@/ui/Facts'
import { type Group, useZone } from './group'
import { useMayChange } from './rights'
import { SettingsForm } from './settings/SettingsForm'
import { Story } from './settings/Story'
import { valuesOf } from './settings/values'

interface GroupSettingsProps {
  group: Group
  /** Reads it again. */
  again: () => Promise<{ data?: Group }>
}

/** What a group is set to, and its end. Whoever may not change it sees it. */
export function GroupSettings({ group, again }: GroupSettingsProps) {
  const { t } = useTranslation()
  // What is entered is about the group as it was read: what others change meanwhile takes nothing away.
  const [read, setRead] = useState(group)
  if (!useMayChange()) return <Seen group={group} />
  const saved = (after: Group) => {
    setRead(after)
    notifications.show({ message: t('The group is saved.') })
  }
  const reload = () => void again().then(({ data }) => data && setRead(data))
  return (
    <Stack gap="xl">
      <SettingsForm key={read.version} group={read} done={saved} reload={reload} />
      <Row>
        <Delete group={group} />
      </Row>
    </Stack>
  )
}

function Seen({ group }: { group: Group }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  const { reminders, swaps } = group
  return (
    <Stack maw={640}>
      <Facts
        facts={[
          { title: t('Name'), value: group.name },
          { title: t('Numbers'), value: group.numbers.join(', ') || '–' },
          { title: t('Time zone'), value: zone },
          { title: t('Wanted on duty'), value: group.wanted },
          {
            title: t('Agents are reminded of their shifts'),
            value: reminders.enabled ? reminders.at : t('no'),
          },
          {
            title: t('Whoever takes an offered shift'),
            value: swaps === 'approved' ? t('has it once a coordinator has approved') : t('has it at once'),
          },
        ]}
      />
      <Story group={group} answering={valuesOf(group).answering} />
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
