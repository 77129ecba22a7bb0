import { Badge, Button, Code, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Confirm } from '@/ui/Confirm'
import { type Column, List } from '@/ui/List'
import { query, useDays } from './days'
import { Report } from './Report'

type Month = Schema<'MonthDocument'>

/** The months of the books, and the journal. */
export function Months() {
  return (
    <Stack gap="xl">
      <Books />
      <Journal />
    </Stack>
  )
}

function Journal() {
  const { t } = useTranslation()
  const { days, fields } = useDays()
  return (
    <Report title={t('Journal')} file={`/api/v1/reports/journal.csv${query(days)}`}>
      <Text size="sm" c="dimmed">
        {t(
          'Every entry of the ledger in the order of posting: of the last whole month, where no days are chosen.',
        )}
      </Text>
      {fields}
    </Report>
  )
}

function Books() {
  const { t } = useTranslation()
  const months = $api.useQuery('get', '/api/v1/months')
  const mayClose = useSession().is('owner', 'admin', 'clerk')
  const rows = months.data?.items
  // Months are closed one after the other; the first may be any, and the one before this is what is meant.
  const open = rows?.filter(({ state, to }) => state !== 'closed' && new Date(to) <= new Date())
  const next = rows?.some(({ state }) => state !== 'open') ? open?.at(-1) : open?.[0]
  const states: Record<string, string> = { open: t('open'), closing: t('being closed'), closed: t('closed') }
  const columns: Column<Month>[] = [
    { key: 'month', title: t('Month'), cell: ({ month }) => month },
    {
      key: 'state',
      title: t('State'),
      cell: ({ state }) => (
        <Badge variant="light" color={state === 'closed' ? 'green' : 'gray'}>
          {states[state] ?? state}
        </Badge>
      ),
      onCard: 'beside',
    },
    {
      key: 'closed',
      title: t('Closed at'),
      cell: ({ closed_at }) => (closed_at ? <Time at={closed_at} /> : '–'),
    },
    { key: 'entries', title: t('Entries'), cell: ({ seal }) => seal?.entries ?? '–', isFigure: true },
    {
      key: 'sums',
      title: t('Moved'),
      cell: ({ seal }) => (
        <Stack gap={0} align="end">
          {seal?.sums.map(({ currency, amount }) => (
            <Money key={currency} amount={amount} currency={currency} />
          ))}
        </Stack>
      ),
      isFigure: true,
    },
    {
      key: 'hash',
      title: t('Seal'),
      cell: ({ seal }) => (seal ? <Code style={{ overflowWrap: 'anywhere' }}>{seal.hash}</Code> : '–'),
    },
  ]
  return (
    <Stack gap="xs" component="section" aria-label={t('Months')}>
      <Text size="sm" c="dimmed">
        {t(
          'Nothing is posted in a closed month any more. Its seal tells whether an entry was altered: keep it where nobody who can change the database can change it.',
        )}
      </Text>
      {mayClose && next && <Close month={next.month} />}
      <List
        label={t('Months')}
        columns={columns}
        rowKey={({ month }) => month}
        rows={rows}
        error={months.error}
        again={() => void months.refetch()}
        empty={{ title: t('There is no month yet.') }}
      />
    </Stack>
  )
}

function Close({ month }: { month: string }) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const changed = useChanged()
  const run = async (header: { 'Idempotency-Key': string }) => {
    const { data } = await fetchClient.POST('/api/v1/months', { params: { header }, body: { month } })
    void changed('months')
    if (data) notifications.show({ color: 'green', message: t('{{month}} is closed.', { month }) })
  }
  return (
    <>
      <Button onClick={open} style={{ alignSelf: 'start' }}>
        {t('Close {{month}}', { month })}
      </Button>
      <Confirm
        isOpen={isOpen}
        close={close}
        title={t('Close {{month}}?', { month })}
        action={t('Close the month')}
        run={run}
      >
        <Text>
          {t(
            'Its entries are sealed, and those of the months before with them. Whatever comes later is posted in the open month. A closed month is not opened again.',
          )}
        </Text>
      </Confirm>
    </>
  )
}
