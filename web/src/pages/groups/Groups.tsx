import { Anchor, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { type Group, useZone } from './group'
import { NewGroupForm } from './NewGroupForm'
import { useMayChange } from './rights'
import { NextGap, NowOnDuty } from './Standing'

/** All groups: who answers now, and where nobody will. */
export function Groups() {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const groups = $api.useInfiniteQuery('get', '/api/v1/groups', { params: { query: { limit: 50 } } }, PAGES)
  return (
    <Page title={t('Groups')} actions={mayChange && <NewGroup anchor="new" />}>
      <Text size="sm" c="dimmed">
        {t('A group is people who answer one number together, each when the roster says so.')}{' '}
        <Anchor component={Link} to="/reminders" underline="always">
          {t('Who was reminded')}
        </Anchor>
      </Text>
      <List
        label={t('Groups')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no groups yet.'), action: mayChange && <NewGroup /> }}
        expected={3}
        {...listed(groups)}
      />
    </Page>
  )
}

function useColumns(): Column<Group>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/groups/${id}`}>
          {name}
        </Anchor>
      ),
    },
    {
      key: 'numbers',
      title: t('Numbers'),
      cell: ({ numbers }) => <span className="figures">{numbers.join(', ') || '–'}</span>,
    },
    { key: 'now', title: t('On duty now'), cell: (group) => <NowOnDuty group={group} /> },
    { key: 'gap', title: t('Next gap'), cell: (group) => <NextGap group={group} /> },
    { key: 'wanted', title: t('Wanted on duty'), cell: ({ wanted }) => wanted, isFigure: true },
    { key: 'zone', title: t('Time zone'), cell: (group) => <ZoneName group={group} /> },
  ]
}

function ZoneName({ group }: { group: Group }) {
  return useZone(group).replaceAll('_', ' ')
}

/** Makes a group, and leads to its page. */
function NewGroup({ anchor }: { anchor?: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <DialogButton label={t('New group')} anchor={anchor} leftSection={<IconPlus size={16} />}>
      {(close) => (
        <NewGroupForm
          cancel={close}
          done={(id) => {
            close()
            void navigate({ to: '/groups/$id', params: { id } })
          }}
        />
      )}
    </DialogButton>
  )
}
