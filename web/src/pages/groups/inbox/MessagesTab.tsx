import { Skeleton, Stack, Title } from '@mantine/core'
import { useEffect, useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { More } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { Empty, Failure } from '@/ui/states'
import { isCallingBack } from '../calls/words'
import { MessageCard } from './MessageCard'

/** How many are asked for, where only their count is shown. */
const MOST_COUNTED = 100

/** A minute: not everybody is told of what comes. */
const OFTEN = 60_000

/** While somebody is being called back. */
const SOON = 2000

/** How many messages nobody is done with: `99+`, where there are more. */
export function useNewMessages(id: string, isOn: boolean): string | undefined {
  const query = { done: false, limit: MOST_COUNTED }
  const messages = $api.useQuery(
    'get',
    '/api/v1/groups/{id}/messages',
    { params: { path: { id }, query } },
    { enabled: isOn, refetchInterval: OFTEN },
  )
  const count = messages.data?.items.length ?? 0
  if (count === 0) return undefined
  return count < MOST_COUNTED ? String(count) : `${MOST_COUNTED - 1}+`
}

/** The messages that callers left for a group: those that nobody is done with first, of each the newest first. */
export function MessagesTab({ group }: { group: string }) {
  return (
    <Stack gap="xl" maw={820}>
      <Messages group={group} isDone={false} />
      <Messages group={group} isDone />
    </Stack>
  )
}

function Messages({ group, isDone }: { group: string; isDone: boolean }) {
  const { t } = useTranslation()
  const params = { path: { id: group }, query: { done: isDone, limit: 20 } }
  const [isSoon, setSoon] = useState(false)
  const options = { ...PAGES, refetchInterval: isSoon ? SOON : OFTEN }
  const messages = $api.useInfiniteQuery('get', '/api/v1/groups/{id}/messages', { params }, options)
  const { rows, error, again, more } = listed(messages)
  const isRinging = isCallingBack(rows)
  useEffect(() => setSoon(isRinging), [isRinging])
  if (error && !rows) return <Failure error={error} again={again} />
  if (isDone && !rows?.length) return null
  const title = isDone ? t('Done') : t('New')
  return (
    <Stack gap="sm" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {rows?.length === 0 ? (
        <Empty title={t('There is nothing new.')} />
      ) : (
        <Stack gap="xs" role="list" aria-label={title} aria-busy={!rows}>
          {rows?.map((message) => <MessageCard key={message.id} message={message} />) ??
            // biome-ignore lint/suspicious/noArrayIndexKey: cards of grey have no other key
            Array.from({ length: 2 }, (_, card) => <Skeleton key={card} height={150} />)}
        </Stack>
      )}
      {more && <More {...more} />}
    </Stack>
  )
}
