import { Anchor, Drawer, Group, Select, Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { useCallable } from './agents'
import { CallDetails } from './CallDetails'
import { OwnPage } from './OwnCustomer'
import { Stars } from './Rating'

type Call = Schema<'CallDocument'>

const route = getRouteApi('/frame/portal/calls')
const DISPOSITIONS = ['answered', 'busy', 'no_answer', 'refused', 'cancelled', 'failed']

/** A customer's calls, each with how its price came about. */
export function Calls() {
  const { t } = useTranslation()
  const { call } = route.useSearch()
  const navigate = route.useNavigate()
  const show = (id: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, call: id }), resetScroll: false })
  return (
    <OwnPage title={t('My calls')}>
      {(customer) => (
        <Stack gap="sm">
          <Filter />
          <History customer={customer} show={show} />
          <Drawer
            opened={Boolean(call)}
            onClose={() => show(undefined)}
            position="right"
            size="md"
            title={t('Call')}
            closeButtonProps={{ 'aria-label': t('Close') }}
          >
            {call && <CallDetails id={call} customer={customer} />}
          </Drawer>
        </Stack>
      )}
    </OwnPage>
  )
}

function Filter() {
  const { t } = useTranslation()
  const { disposition } = route.useSearch()
  const navigate = route.useNavigate()
  const names: Record<string, string> = {
    answered: t('answered'),
    busy: t('busy'),
    no_answer: t('no answer'),
    refused: t('refused'),
    cancelled: t('cancelled'),
    failed: t('failed'),
  }
  return (
    <Select
      aria-label={t('How they went')}
      placeholder={t('All calls')}
      data={DISPOSITIONS.map((value) => ({ value, label: names[value] ?? value }))}
      value={disposition ?? null}
      onChange={(value) =>
        void navigate({ search: (before) => ({ ...before, disposition: value ?? undefined }), replace: true })
      }
      clearable
      maw={220}
    />
  )
}

function History({ customer, show }: { customer: string; show: (id: string) => void }) {
  const { t } = useTranslation()
  const { disposition } = route.useSearch()
  const agents = useCallable(customer)
  const calls = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers/{id}/calls',
    { params: { path: { id: customer }, query: { disposition, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Call>[] = [
    {
      key: 'at',
      title: t('Time'),
      cell: ({ id, started_at, ended_at }) => (
        <Anchor component="button" type="button" onClick={() => show(id)} aria-haspopup="dialog">
          <Time at={started_at ?? ended_at} />
        </Anchor>
      ),
    },
    {
      key: 'call',
      title: t('Call'),
      cell: ({ from, to, agent }) => (
        <span className="figures">
          {from} → {agents.data?.find(({ id }) => id === agent)?.name ?? to}
        </span>
      ),
    },
    {
      key: 'disposition',
      title: t('How it went'),
      cell: ({ disposition, rating }) => (
        <Group gap="xs" wrap="nowrap" display="inline-flex">
          <StateBadge state={disposition ?? 'open'} />
          {rating && <Stars stars={rating.stars} />}
        </Group>
      ),
    },
    {
      key: 'duration',
      title: t('Duration'),
      isFigure: true,
      cell: ({ duration_seconds }) => (
        <Duration seconds={duration_seconds ? Math.ceil(Number(duration_seconds)) : undefined} />
      ),
    },
    {
      key: 'price',
      title: t('Price'),
      isFigure: true,
      cell: ({ price }) => <Money amount={price?.total} currency={price?.currency ?? 'USD'} />,
    },
  ]
  return (
    <List
      label={t('My calls')}
      columns={columns}
      rowKey={({ id }) => id}
      empty={{ title: t('There were no calls yet.'), isFiltered: Boolean(disposition) }}
      {...listed(calls)}
    />
  )
}
