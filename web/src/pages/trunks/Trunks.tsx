import { Badge, Code, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { RowActions } from './RowActions'
import { useMayChange } from './rights'
import { TrunkForm } from './TrunkForm'
import { type Trunk, useTrunks } from './trunk'

/** The ways to other networks, and in from there. */
export function Trunks() {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t(
          'A trunk is a connection to a carrier, which the Asterisk holds: Tollgate knows it by its name there.',
        )}
      </Text>
      <List
        label={t('Trunks')}
        columns={useColumns(mayChange)}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no trunks yet.'), action: mayChange && <NewTrunk /> }}
        expected={3}
        {...useTrunks()}
      />
    </Stack>
  )
}

/** Makes a trunk. */
export function NewTrunk() {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New trunk')} leftSection={<IconPlus size={16} />} size="sm">
      {(close) => <TrunkForm close={close} />}
    </DialogButton>
  )
}

function useColumns(mayChange: boolean): Column<Trunk>[] {
  const { t } = useTranslation()
  const columns: Column<Trunk>[] = [
    { key: 'name', title: t('Name'), cell: ({ name }) => name },
    { key: 'endpoint', title: t('Endpoint'), cell: ({ endpoint }) => <Code>{endpoint}</Code> },
    { key: 'asterisk', title: t('Asterisk'), cell: ({ asterisk }) => asterisk ?? t('the only one') },
    {
      key: 'most_calls',
      title: t('Calls at once'),
      cell: ({ most_calls }) => most_calls ?? t('any number'),
      isFigure: true,
    },
    {
      key: 'state',
      title: t('State'),
      cell: ({ enabled }) => (
        <Badge variant="light" color={enabled ? 'green' : 'gray'}>
          {enabled ? t('on') : t('off')}
        </Badge>
      ),
      onCard: 'beside',
    },
  ]
  if (!mayChange) return columns
  const cell = (trunk: Trunk) => <Actions trunk={trunk} />
  return [...columns, { key: 'actions', title: t('What to do'), cell, isFigure: true }]
}

function Actions({ trunk }: { trunk: Trunk }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/trunks/{id}', { params: { path: { id: trunk.id } } })
    notifications.show({ message: t('The trunk is gone.') })
    void changed('trunks')
  }
  return (
    <RowActions
      title={t('Trunk')}
      name={trunk.name}
      warning={t('No call goes out on {{name}} any more, and none comes in; those that run on it go on.', {
        name: trunk.name,
      })}
      remove={remove}
    >
      {(close) => <TrunkForm trunk={trunk} close={close} />}
    </RowActions>
  )
}
