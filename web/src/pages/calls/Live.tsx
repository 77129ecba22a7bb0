import { Alert, Anchor, Text } from '@mantine/core'
import { IconPlayerPause } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { usePausedSince } from '@/api/live'
import { Money } from '@/format/money'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { AgentName, CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { HangUp, HangUpAll } from './HangUp'
import { BeginMaintenance, MaintenanceNotice, useMaintenance } from './Maintenance'
import { Elapsed, Remaining } from './Ticking'

type Session = Schema<'SessionDocument'>

/** The calls that run: the same question as the shell's, so that it is asked once for both. */
function useRunning() {
  const query = { params: { query: { limit: 500 } } }
  return $api.useQuery('get', '/api/v1/charging/sessions', query, { refetchInterval: 5000 })
}

/** The calls that run, as they run. */
export function Live() {
  const { t } = useTranslation()
  const session = useSession()
  const calls = useRunning()
  const columns = useColumns()
  const maintenance = useMaintenance()
  const count = calls.data?.items.length ?? 0
  return (
    <Page
      title={t('Calls now')}
      actions={
        <>
          {session.is('owner', 'admin') && maintenance.data?.active === false && (
            <BeginMaintenance isActive={false} />
          )}
          {session.is('owner', 'admin', 'clerk') && <HangUpAll isDisabled={count === 0} />}
        </>
      }
    >
      <Stopped />
      <MaintenanceNotice />
      <List
        label={t('Calls now')}
        columns={columns}
        rows={calls.data?.items}
        rowKey={({ id }) => id}
        error={calls.error}
        again={() => void calls.refetch()}
        expected={3}
        empty={{
          title: t('No call runs.'),
          action: (
            <Anchor component={Link} to="/calls">
              {t('Those that are over')}
            </Anchor>
          ),
        }}
      />
      {count > 0 && (
        <Text size="sm" c="dimmed">
          {t('Held is what a call costs by the end of the seconds that it was granted so far.')}
        </Text>
      )}
      {calls.data?.next_cursor && (
        <Text size="sm" c="dimmed">
          {t('These are the oldest {{count}}; there are more.', { count })}
        </Text>
      )}
    </Page>
  )
}

function useColumns(): Column<Session>[] {
  const { t } = useTranslation()
  const mayHangUp = useSession().is('owner', 'admin', 'clerk')
  const columns: Column<Session>[] = [
    {
      key: 'parties',
      title: t('Call'),
      cell: ({ id, from, to }) => (
        <Anchor component={Link} to={`/calls/${id}`} className="figures">
          {from} → {to}
        </Anchor>
      ),
    },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'agent', title: t('Agent'), cell: ({ agent }) => <AgentName id={agent} /> },
    {
      key: 'time',
      title: t('Time'),
      cell: ({ answered_at }) => (answered_at ? <Elapsed since={answered_at} /> : t('rings')),
      isFigure: true,
    },
    {
      key: 'held',
      title: t('Held'),
      cell: ({ held, currency }) => <Money amount={held} currency={currency} />,
      isFigure: true,
    },
    { key: 'left', title: t('Can go on for'), cell: (call) => <Left call={call} />, isFigure: true },
  ]
  if (!mayHangUp) return columns
  return [
    ...columns,
    { key: 'hang-up', title: t('Hang up'), cell: (call) => <HangUp call={call} />, isFigure: true },
  ]
}

/** How long the money, or the longest call, lets it go on. */
function Left({ call: { answered_at, reaches_seconds } }: { call: Session }) {
  const { t } = useTranslation()
  if (reaches_seconds === null || reaches_seconds === undefined) return t('no limit')
  if (!answered_at) return <span aria-hidden>–</span>
  return <Remaining from={answered_at} seconds={reaches_seconds} />
}

/** Says that what is shown stands still. */
function Stopped() {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const since = usePausedSince()
  if (!since) return null
  return (
    <Alert color="yellow" icon={<IconPlayerPause />} role="status">
      {t('The server has not been heard since {{time}}: this is how it was then.', {
        time: timeText(since, time_zone, 'exact'),
      })}
    </Alert>
  )
}
