import { Badge, Box, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { More } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { Empty, Failure } from '@/ui/states'
import classes from './messages.module.css'
import { type Conversation, otherName, type Side } from './sides'

interface ConversationsProps {
  /** On whose side whoever is signed in is here. */
  kind: Side
  /** The customer or agent record that is meant, where somebody has several. */
  of?: string
  /** Where a conversation is shown. */
  to: (conversation: Conversation) => string
  /** The one that is shown already. */
  current?: string
  /** What is done first, where there is no conversation yet. */
  first?: ReactNode
}

/** The conversations of a customer or an agent, those with the newest messages first. */
export function Conversations({ kind, of, to, current, first }: ConversationsProps) {
  const { t } = useTranslation()
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/conversations',
    { params: { query: { [kind]: of, limit: 50 } } },
    PAGES,
  )
  const { rows, error, again, more } = listed(query)
  if (error && !rows) return <Failure error={error} again={again} />
  if (rows?.length === 0) return <Empty title={t('Nobody has written yet.')} action={first} />
  return (
    <Stack gap="sm">
      <Box component="ul" className={classes.conversations} aria-busy={!rows}>
        {rows?.map((conversation) => (
          <li key={conversation.id}>
            <Row
              conversation={conversation}
              kind={kind}
              to={to(conversation)}
              isCurrent={conversation.id === current}
            />
          </li>
        )) ??
          ['one', 'two', 'three'].map((row) => (
            <li key={row}>
              <Skeleton height={52} />
            </li>
          ))}
      </Box>
      {more && <More {...more} />}
    </Stack>
  )
}

interface RowProps {
  conversation: Conversation
  kind: Side
  to: string
  isCurrent: boolean
}

function Row({ conversation, kind, to, isCurrent }: RowProps) {
  const { t } = useTranslation()
  const unread = conversation.unread ?? 0
  return (
    <Link to={to} className={classes.conversation} aria-current={isCurrent ? 'page' : undefined}>
      <Stack gap={0} miw={0} flex={1}>
        <Text fw={unread > 0 ? 650 : 500} truncate>
          {otherName(t, conversation, kind)}
        </Text>
        <Text size="xs" c="dimmed">
          <Time at={conversation.last_at} />
        </Text>
      </Stack>
      <Group gap="xs" wrap="nowrap">
        <Unread count={unread} />
        <IconChevronRight size={16} aria-hidden />
      </Group>
    </Link>
  )
}

/** How many messages wait to be read; nothing where none does. */
export function Unread({ count }: { count: number | null | undefined }) {
  const { t } = useTranslation()
  if (!count) return null
  return (
    <Badge variant="light" color="green" radius="sm">
      {t('{{count}} new', { count })}
    </Badge>
  )
}
