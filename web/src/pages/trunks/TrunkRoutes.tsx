import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { rateText } from '@/pages/prices/words'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { RowActions } from './RowActions'
import { useMayChange } from './rights'
import { TrunkRouteForm } from './TrunkRouteForm'
import { NewTrunk } from './Trunks'
import { ALL, type Trunk, useTrunks } from './trunk'
import type { TrunkRoute } from './trunkRoute'
import { WhichWay } from './WhichWay'

/** Which numbers go out on which trunk. */
export function TrunkRoutes() {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const { rows, ...routes } = listed($api.useInfiniteQuery('get', '/api/v1/trunk-routes', ALL, PAGES))
  const known = rows as TrunkRoute[] | undefined
  const trunks = useTrunks().rows
  const hasNoTrunk = trunks?.length === 0
  const columns = useColumns(trunks ?? [], mayChange)
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t(
          'The longest prefix of a number goes first, then the order within the prefix, then shorter prefixes. Where a trunk has no room or does not answer, the next one is tried.',
        )}
      </Text>
      {known && known.length > 0 && <WhichWay />}
      <List
        label={t('Routes')}
        columns={columns}
        rows={known?.toSorted(byPrefix)}
        rowKey={({ id }) => id}
        empty={{
          title: hasNoTrunk
            ? t('There are no routes yet, and no trunk that they could lead to.')
            : t('There are no routes yet: no call goes out.'),
          action: mayChange && (hasNoTrunk ? <NewTrunk /> : <NewTrunkRoute />),
        }}
        expected={4}
        {...routes}
      />
    </Stack>
  )
}

/** Makes a route, where there is a trunk that it can lead to. */
export function NewTrunkRoute() {
  const { t } = useTranslation()
  const hasTrunk = useTrunks().rows?.length !== 0
  if (!hasTrunk) return null
  return (
    <DialogButton label={t('New route')} leftSection={<IconPlus size={16} />} size="sm" room="lg">
      {(close) => <TrunkRouteForm close={close} />}
    </DialogButton>
  )
}

/** As one looks for them: by prefix, and within it as they are tried. */
function byPrefix(one: TrunkRoute, other: TrunkRoute): number {
  if (one.prefix !== other.prefix) return one.prefix < other.prefix ? -1 : 1
  return one.position - other.position || (one.id < other.id ? -1 : 1)
}

function useColumns(trunks: Trunk[], mayChange: boolean): Column<TrunkRoute>[] {
  const { t } = useTranslation()
  const { currency } = useSession().tenant
  const trunkOf = ({ trunk }: TrunkRoute) => trunks.find(({ id }) => id === trunk)
  const columns: Column<TrunkRoute>[] = [
    {
      key: 'prefix',
      title: t('Prefix'),
      cell: ({ prefix }) => (prefix ? <span className="figures">+{prefix} …</span> : t('every number')),
    },
    {
      key: 'trunk',
      title: t('Trunk'),
      cell: (route) => {
        const trunk = trunkOf(route)
        if (!trunk) return '…'
        return trunk.enabled ? trunk.name : t('{{name}} (off)', { name: trunk.name })
      },
    },
    { key: 'position', title: t('Order'), cell: ({ position }) => position, isFigure: true },
    { key: 'dialled', title: t('Dialled'), cell: (route) => <Dialled {...route} /> },
    {
      key: 'rate',
      title: t('Buying rate'),
      cell: ({ buying_rate }) => (buying_rate ? rateText(buying_rate, currency) : '–'),
      isFigure: true,
    },
  ]
  if (!mayChange) return columns
  const cell = (route: TrunkRoute) => <Actions route={route} trunk={trunkOf(route)} />
  return [...columns, { key: 'actions', title: t('What to do'), cell, isFigure: true }]
}

/** What becomes of the number's digits. */
function Dialled({ strip, add }: TrunkRoute) {
  const { t } = useTranslation()
  const cut =
    strip > 0 &&
    t('without {{count}} digits', {
      count: strip,
      defaultValue_one: 'without its first digit',
      defaultValue_other: 'without its first {{count}} digits',
    })
  const put = add && t('{{digits}} before it', { digits: add })
  return [cut, put].filter(Boolean).join(', ') || t('all its digits')
}

function Actions({ route, trunk }: { route: TrunkRoute; trunk: Trunk | undefined }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/trunk-routes/{id}', { params: { path: { id: route.id } } })
    notifications.show({ message: t('The route is gone.') })
    void changed('trunk-routes')
  }
  const name = t('the route of {{prefix}} to {{trunk}}', {
    prefix: route.prefix ? `+${route.prefix}` : t('every number'),
    trunk: trunk?.name ?? '…',
  })
  return (
    <RowActions
      title={t('Route')}
      name={name}
      warning={t('Its numbers go out on other routes, or not at all. Calls that run on it go on.')}
      remove={remove}
    >
      {(close) => <TrunkRouteForm route={route} close={close} />}
    </RowActions>
  )
}
