import { Badge, Button, Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { browserName } from './browser'

type Listed = Schema<'ListedSessionDocument'>

const KEY = ['get', '/api/v1/sessions']

/** Everywhere that the own name is signed in. */
export function OwnSessions() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const sessions = $api.useQuery('get', '/api/v1/sessions', {})
  const columns: Column<Listed>[] = [
    {
      key: 'browser',
      title: t('Browser'),
      cell: ({ browser, current }) => (
        <Group gap="xs" title={browser}>
          {browserName(browser)}
          {current && (
            <Badge variant="light" color="green" radius="sm">
              {t('this one')}
            </Badge>
          )}
        </Group>
      ),
    },
    { key: 'address', title: t('Network address'), cell: ({ address }) => address },
    { key: 'since', title: t('Since'), cell: ({ created_at }) => <Time at={created_at} /> },
    { key: 'seen', title: t('Last used'), cell: ({ seen_at }) => <Time at={seen_at} /> },
    { key: 'end', title: t('What to do'), cell: (session) => <EndButton session={session} /> },
  ]
  const endOthers = async () => {
    const { data } = await fetchClient.DELETE('/api/v1/sessions')
    void queries.invalidateQueries({ queryKey: KEY })
    notifications.show({
      message: t('{{count}} sessions have ended.', {
        count: data?.ended ?? 0,
        defaultValue_one: '{{count}} session has ended.',
        defaultValue_other: '{{count}} sessions have ended.',
      }),
    })
  }
  const isAlone = (sessions.data?.items.length ?? 0) < 2
  return (
    <Stack gap="sm">
      <List
        label={t('Sessions')}
        columns={columns}
        rows={sessions.data?.items}
        rowKey={({ id }) => id}
        error={sessions.error}
        again={() => void sessions.refetch()}
        empty={{ title: t('There are no sessions.') }}
        expected={3}
      />
      {!isAlone && (
        <Group justify="flex-end">
          <ConfirmButton
            label={t('End all others')}
            warning={t('You stay signed in here alone.')}
            run={endOthers}
          />
        </Group>
      )}
    </Stack>
  )
}

/** Ends a session. The own one is left by signing out. */
function EndButton({ session: { id, current } }: { session: Listed }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [isEnding, setEnding] = useState(false)
  if (current) return <span aria-hidden>–</span>
  const end = async () => {
    setEnding(true)
    try {
      await fetchClient.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })
      await queries.invalidateQueries({ queryKey: KEY })
    } catch (error) {
      notifications.show({ color: 'red', message: String(error) })
      setEnding(false)
    }
  }
  return (
    <Button size="compact-xs" variant="default" onClick={end} loading={isEnding}>
      {t('End')}
    </Button>
  )
}
