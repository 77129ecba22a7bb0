import { Anchor, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { AgentName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'

/** With whom a customer writes, and from whom it does not want to hear, or who not from it. */
export function Messages({ customer }: { customer: string }) {
  return (
    <Stack gap="lg">
      <Conversations customer={customer} />
      <Blocks customer={customer} />
    </Stack>
  )
}

function Conversations({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const conversations = $api.useInfiniteQuery(
    'get',
    '/api/v1/conversations',
    { params: { query: { customer, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Schema<'ConversationDocument'>>[] = [
    {
      key: 'agent',
      title: t('With'),
      cell: ({ id, agent_name }) => (
        <Anchor component={Link} to={`/conversations/${id}`}>
          {agent_name}
        </Anchor>
      ),
    },
    { key: 'last', title: t('Last message'), cell: ({ last_at }) => <Time at={last_at} /> },
    {
      key: 'unread',
      title: t('Unread by the customer'),
      cell: ({ unread_by_customer }) => unread_by_customer ?? '–',
      isFigure: true,
    },
    {
      key: 'unread_by_agent',
      title: t('Unread by the agent'),
      cell: ({ unread_by_agent }) => unread_by_agent ?? '–',
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Messages')}
      columns={columns}
      rowKey={({ id }) => id}
      empty={{ title: t('No messages were written.') }}
      expected={3}
      {...listed(conversations)}
    />
  )
}

function Blocks({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const blocks = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers/{id}/blocks',
    { params: { path: { id: customer }, query: { limit: 50 } } },
    PAGES,
  )
  const columns: Column<Schema<'BlockDocument'>>[] = [
    { key: 'agent', title: t('Agent'), cell: ({ agent }) => <AgentName id={agent} /> },
    {
      key: 'by',
      title: t('Blocked by'),
      cell: ({ blocked_by }) => (blocked_by === 'agent' ? t('the agent') : t('the customer')),
    },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason ?? '–' },
    { key: 'at', title: t('Since'), cell: ({ created_at }) => <Time at={created_at} style="date" /> },
  ]
  const list = listed(blocks)
  if (!list.rows?.length) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {t('Blocked')}
      </Title>
      <List
        label={t('Blocked')}
        columns={columns}
        rowKey={({ agent, blocked_by }) => agent + blocked_by}
        empty={{ title: '' }}
        {...list}
      />
    </Stack>
  )
}
