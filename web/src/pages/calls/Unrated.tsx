import { Alert, Anchor, Box, Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { Failure } from '@/ui/states'
import { wholeSeconds } from './columns'
import { useReasons } from './words'

type Call = Schema<'CallDocument'>

/** The calls that wait for a price, with why, and another try. */
export function Unrated() {
  const { t } = useTranslation()
  const mayTry = useSession().is('owner', 'admin', 'clerk')
  const calls = $api.useInfiniteQuery('get', '/api/v1/unrated', { params: { query: { limit: 50 } } }, PAGES)
  const retry = useRetry()
  const isAny = Boolean(calls.data?.pages[0]?.items.length)
  return (
    <Page
      title={t('Unrated calls')}
      actions={
        mayTry && (
          <Button
            leftSection={<IconRefresh size={16} />}
            onClick={() => retry.mutate()}
            loading={retry.isPending}
            disabled={!isAny}
          >
            {t('Rate them now')}
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed" maw="70ch">
        {t(
          'A call that nothing prices costs nothing yet, and waits here. Mend what is missing, then rate them: each at the prices of its own time.',
        )}
      </Text>
      {retry.error && <Failure error={retry.error} />}
      {retry.data && <Outcome {...retry.data} />}
      <List
        label={t('Unrated calls')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{
          title: t('Every call has its price.'),
          action: (
            <Anchor component={Link} to="/calls">
              {t('Call history')}
            </Anchor>
          ),
        }}
        {...listed(calls)}
      />
    </Page>
  )
}

interface Tried {
  rated: number
  unrated: number
}

/** Tries all of them, as many at once as the server takes. */
function useRetry() {
  const { t } = useTranslation()
  const changed = useChanged()
  const tryAll = async () => {
    const tried: Tried = { rated: 0, unrated: 0 }
    let cursor: string | null | undefined
    do {
      const { data } = await fetchClient.POST('/api/v1/unrated/retry', {
        params: { header: once() },
        body: { cursor },
      })
      tried.rated += data?.rated ?? 0
      tried.unrated += data?.unrated ?? 0
      cursor = data?.next_cursor
    } while (cursor)
    return tried
  }
  return useMutation({
    mutationFn: tryAll,
    onSettled: () => void changed('unrated', 'calls', 'overview'),
    onSuccess: ({ unrated }) => {
      if (unrated === 0) notifications.show({ message: t('Every call has its price.') })
    },
  })
}

function Outcome({ rated, unrated }: Tried) {
  const { t } = useTranslation()
  const ratedWords = t('{{count}} calls have a price now.', {
    count: rated,
    defaultValue_one: '{{count}} call has a price now.',
    defaultValue_other: '{{count}} calls have a price now.',
  })
  const leftWords = t('{{count}} calls still have none.', {
    count: unrated,
    defaultValue_one: '{{count}} call still has none.',
    defaultValue_other: '{{count}} calls still have none.',
  })
  return (
    <Alert color={unrated > 0 ? 'yellow' : 'green'} role="status">
      {ratedWords} {unrated > 0 && leftWords}
    </Alert>
  )
}

function useColumns(): Column<Call>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'ended',
      title: t('Ended'),
      cell: ({ id, ended_at, recorded_at }) => (
        <Anchor component={Link} to={`/calls/${id}`}>
          <Time at={ended_at ?? recorded_at} />
        </Anchor>
      ),
    },
    {
      key: 'parties',
      title: t('Call'),
      cell: ({ from, to }) => (
        <span className="figures">
          {from} → {to}
        </span>
      ),
    },
    {
      key: 'code',
      title: t('Account code'),
      cell: ({ account_code }) => account_code ?? <span aria-hidden>–</span>,
    },
    {
      key: 'duration',
      title: t('Duration'),
      cell: ({ duration_seconds }) => <Duration seconds={wholeSeconds(duration_seconds)} />,
      isFigure: true,
    },
    { key: 'why', title: t('Why'), cell: ({ unrated_reason }) => <Why reason={unrated_reason} /> },
  ]
}

/** Why a call has no price, and below it what gives it one. */
export function Why({ reason }: { reason: string | null | undefined }) {
  const reasons = useReasons()
  const known = reasons[reason ?? '']
  return (
    <Box py={6}>
      <Text size="sm">{known?.why ?? reason}</Text>
      {known && (
        <Text size="xs" c="dimmed">
          {known.cure}
        </Text>
      )}
    </Box>
  )
}
