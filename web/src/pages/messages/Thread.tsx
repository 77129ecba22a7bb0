import { Button, Center, Loader, Text } from '@mantine/core'
import { useRef } from 'react'
import { $api } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { listed, PAGES } from '@/ui/pages'
import { Failure, Waiting } from '@/ui/states'
import { Bubble } from './Bubble'
import { Composer } from './Composer'
import classes from './messages.module.css'
import { type Conversation, type Message, type Onlooker, otherName } from './sides'
import { ThreadHead } from './ThreadHead'
import { useSeen } from './useSeen'

interface ThreadProps {
  /** The conversation's id. */
  conversation: string
  me: Onlooker
  /** As high as the screen leaves room for, where nothing is given. */
  height?: string
}

/** What a customer and an agent have written to each other, and a field to write more, for who is one of them. */
export function Thread({ conversation: id, me, height }: ThreadProps) {
  const conversation = $api.useQuery('get', '/api/v1/conversations/{id}', { params: { path: { id } } })
  if (conversation.isPending) return <Waiting />
  if (!conversation.data)
    return <Failure error={conversation.error} again={() => void conversation.refetch()} />
  // Another conversation is another thread: nothing that is written for one is sent in the other.
  return <Known key={id} conversation={conversation.data} me={me} height={height} />
}

interface KnownProps {
  conversation: Conversation
  me: Onlooker
  height?: string
}

function Known({ conversation, me, height = 'calc(100dvh - 200px)' }: KnownProps) {
  const { t } = useTranslation()
  const log = useRef<HTMLElement>(null)
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/conversations/{id}/messages',
    { params: { path: { id: conversation.id }, query: { limit: 50 } } },
    PAGES,
  )
  const { rows, error, again, more } = listed(query)
  useSeen(conversation, rows, me)
  if (error && !rows) return <Failure error={error} again={again} />
  const label =
    me === 'staff' ? t('Messages') : t('Messages with {{name}}', { name: otherName(t, conversation, me) })
  return (
    <div className={classes.thread} style={{ maxHeight: height }}>
      {me !== 'staff' && <ThreadHead conversation={conversation} me={me} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by the keyboard, too */}
      <section ref={log} className={classes.log} aria-label={label} tabIndex={0}>
        {rows ? <Messages messages={rows} me={me} more={more} /> : <Pending />}
      </section>
      {me !== 'staff' && (
        <Composer
          customer={conversation.customer}
          agent={conversation.agent}
          me={me}
          sent={() => log.current?.scrollTo({ top: 0 })}
        />
      )}
    </div>
  )
}

function Pending() {
  const { t } = useTranslation()
  return (
    <Center flex={1}>
      <Loader role="status" aria-label={t('Loading')} />
    </Center>
  )
}

interface MessagesProps {
  /** The newest first. */
  messages: Message[]
  me: Onlooker
  more?: { fetch: () => void; isFetching: boolean }
}

function Messages({ messages, me, more }: MessagesProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const ordered = messages.toReversed()
  const day = (message: Message | undefined) => message && timeText(message.created_at, time_zone, 'date')
  return (
    <ol className={classes.messages} aria-live="polite">
      {more && (
        <li className={classes.day}>
          <Button size="compact-sm" variant="default" onClick={more.fetch} loading={more.isFetching}>
            {t('Earlier messages')}
          </Button>
        </li>
      )}
      {ordered.flatMap((message, at) => [
        day(message) !== day(ordered[at - 1]) && (
          <li key={`${message.id} day`} className={classes.day}>
            <Text size="xs" c="dimmed" fw={600}>
              {day(message)}
            </Text>
          </li>
        ),
        <Bubble key={message.id} message={message} me={me} />,
      ])}
    </ol>
  )
}
