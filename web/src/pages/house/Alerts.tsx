import { Anchor, Button, Stack, Switch, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ActorName } from '@/ui/ActorName'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { ReviewModal } from './Review'

type Alert = Schema<'AlertDocument'>

const route = getRouteApi('/frame/alerts')

/** Limits against fraud that were reached: first those that nobody has looked at. */
export function Alerts() {
  const { t } = useTranslation()
  const { all } = route.useSearch()
  const navigate = route.useNavigate()
  const alerts = $api.useInfiniteQuery(
    'get',
    '/api/v1/alerts',
    { params: { query: { open: all ? undefined : true, limit: 50 } } },
    // Nothing tells of a new one.
    { ...PAGES, refetchInterval: 30_000 },
  )
  return (
    <Page title={t('Alerts')}>
      <Switch
        label={t('Also those that were reviewed')}
        checked={all ?? false}
        onChange={(event) =>
          void navigate({ search: { all: event.currentTarget.checked || undefined }, replace: true })
        }
      />
      <List
        label={t('Alerts')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{
          title: all
            ? t('No limit against fraud was reached yet.')
            : t('Nobody has reached a limit against fraud since the last review.'),
        }}
        {...listed(alerts)}
      />
    </Page>
  )
}

function useColumns(): Column<Alert>[] {
  const { t } = useTranslation()
  const limits: Record<string, string> = {
    set_ups_per_minute: t('Calls begun in a minute'),
    high_cost_calls: t('Expensive calls in a row'),
    spend_per_day: t('Spent in a day'),
    cost_per_call: t('Cost of a call'),
    risky_prefix: t('Risky destination'),
  }
  return [
    {
      key: 'limit',
      title: t('Limit'),
      cell: ({ limit, detail }) => (
        <Stack gap={0} py={6}>
          <Text size="sm" fw={600}>
            {limits[limit] ?? limit.replaceAll('_', ' ')}
          </Text>
          <Text size="sm" c="dimmed">
            {detail}
          </Text>
        </Stack>
      ),
    },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    {
      key: 'line',
      title: t('Line'),
      cell: ({ line, suspended }) => (
        <>
          <Anchor component={Link} to={`/lines/${line}`}>
            {t('Go to the line')}
          </Anchor>{' '}
          {suspended && <StateBadge state="suspended" />}
        </>
      ),
    },
    { key: 'to', title: t('Number called'), cell: ({ to }) => <span className="figures">{to}</span> },
    { key: 'raised', title: t('Reached'), cell: ({ raised_at }) => <Time at={raised_at} /> },
    { key: 'review', title: t('Review'), cell: (alert) => <ReviewCell alert={alert} /> },
  ]
}

function ReviewCell({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  const mayReview = useSession().is('owner', 'admin')
  const [isOpen, { open, close }] = useDisclosure()
  if (alert.reviewed_at)
    return (
      <Stack gap={0} py={6}>
        <Text size="sm">{alert.note ?? '–'}</Text>
        <Text size="sm" c="dimmed">
          <ActorName actor={alert.reviewed_by ?? ''} /> · <Time at={alert.reviewed_at} />
        </Text>
      </Stack>
    )
  if (!mayReview) return t('not yet')
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={open}>
        {t('Review it')}
      </Button>
      <ReviewModal alert={alert} isOpen={isOpen} close={close} />
    </>
  )
}
