import { Anchor, Button, Group, Loader, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Confirm } from '@/ui/Confirm'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { Totals } from './Totals'
import { Unbilled } from './Unbilled'

type BillRun = Schema<'BillRunDocument'>

/** All bill runs, the newest first, and whom the last ones could not bill. */
export function BillRuns() {
  const { t } = useTranslation()
  const runs = $api.useInfiniteQuery(
    'get',
    '/api/v1/bill-runs',
    { params: { query: { limit: 50 } } },
    {
      ...PAGES,
      // While one runs, what it has done so far.
      refetchInterval: ({ state }) =>
        state.data?.pages[0]?.items.some(({ finished_at }) => !finished_at) ? 2000 : false,
    },
  )
  const mayRun = useSession().is('owner', 'admin', 'clerk')
  return (
    <Page title={t('Bill runs')} actions={mayRun && <RunNow />}>
      <Unbilled />
      <List
        label={t('Bill runs')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('There was no bill run yet: each night does one by itself.') }}
        {...listed(runs)}
      />
    </Page>
  )
}

function RunNow() {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const changed = useChanged()
  const run = async (header: { 'Idempotency-Key': string }) => {
    const running = fetchClient.POST('/api/v1/bill-runs', { params: { header } })
    // It stands in the list as soon as it has begun.
    window.setTimeout(() => void changed('bill-runs'), 500)
    const { data } = await running
    void changed('bill-runs', 'invoices', 'customers', 'statements', 'jobs')
    if (!data) return
    notifications.show({
      color: data.failed ? 'yellow' : 'green',
      message:
        data.issued + data.failed === 0
          ? t('Nothing was due.')
          : t('{{count}} invoices issued', {
              count: data.issued,
              defaultValue_one: '{{count}} invoice issued',
              defaultValue_other: '{{count}} invoices issued',
            }),
    })
  }
  return (
    <>
      <Button leftSection={<IconPlayerPlay size={16} />} onClick={open}>
        {t('Run now')}
      </Button>
      <Confirm isOpen={isOpen} close={close} title={t('Run the bills now?')} action={t('Run now')} run={run}>
        <Text>
          {t(
            'Every period that has ended is closed: its invoices are numbered, issued and mailed. Each night does that by itself; doing it twice changes nothing.',
          )}
        </Text>
      </Confirm>
    </>
  )
}

function useColumns(): Column<BillRun>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'started',
      title: t('Began'),
      cell: ({ id, started_at }) => (
        <Anchor component={Link} to={`/bill-runs/${id}`}>
          <Time at={started_at} />
        </Anchor>
      ),
    },
    {
      key: 'finished',
      title: t('Ended'),
      cell: ({ finished_at }) => (finished_at ? <Time at={finished_at} /> : <Running />),
    },
    { key: 'issued', title: t('Invoices issued'), cell: ({ issued }) => issued, isFigure: true },
    {
      key: 'failed',
      title: t('Could not be billed'),
      cell: ({ failed }) => (
        <Text
          span
          inherit
          c={failed ? 'var(--mantine-color-red-light-color)' : undefined}
          fw={failed ? 600 : undefined}
        >
          {failed}
        </Text>
      ),
      isFigure: true,
    },
    {
      key: 'totals',
      title: t('Total'),
      cell: ({ totals }) => <Totals totals={totals} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
}

/** A run that has not ended. */
export function Running() {
  const { t } = useTranslation()
  return (
    <Group gap={6} wrap="nowrap">
      <Loader size={14} aria-hidden />
      {t('not yet')}
    </Group>
  )
}
