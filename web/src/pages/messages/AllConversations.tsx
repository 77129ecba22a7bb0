import { Anchor, Group, Select } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { type Column, List } from '@/ui/List'
import { CustomerName, useAgents, useName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { Unread } from './Conversations'
import type { Conversation } from './sides'

const route = getRouteApi('/frame/conversations')

/** Everybody's conversations, for the staff. */
export function AllConversations() {
  const { t } = useTranslation()
  const { customer, agent } = route.useSearch()
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/conversations',
    { params: { query: { customer, agent, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Conversation>[] = [
    { key: 'who', title: t('Conversation'), cell: (conversation) => <Who conversation={conversation} /> },
    { key: 'customer', title: t('Customer'), cell: (row) => <CustomerName id={row.customer} /> },
    {
      key: 'agent',
      title: t('Agent'),
      cell: (row) => (
        <Anchor component={Link} to={`/agents/${row.agent}`}>
          {row.agent_name}
        </Anchor>
      ),
    },
    {
      key: 'by_customer',
      title: t('Unread by the customer'),
      cell: (row) => (row.unread_by_customer ? <Unread count={row.unread_by_customer} /> : '–'),
    },
    {
      key: 'by_agent',
      title: t('Unread by the agent'),
      cell: (row) => (row.unread_by_agent ? <Unread count={row.unread_by_agent} /> : '–'),
    },
    { key: 'last', title: t('Last message'), cell: (row) => <Time at={row.last_at} />, isFigure: true },
  ]
  return (
    <Page title={t('Messages')}>
      <Filters />
      <List
        label={t('Conversations')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{
          title: t('Nobody has written yet.'),
          isFiltered: Boolean(customer || agent),
        }}
        {...listed(query)}
      />
    </Page>
  )
}

function Who({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation()
  const customer = useName(conversation.customer)
  return (
    <Anchor component={Link} to={`/conversations/${conversation.id}`}>
      {t('{{customer}} with {{agent}}', { customer: customer ?? '…', agent: conversation.agent_name })}
    </Anchor>
  )
}

function Filters() {
  const { t } = useTranslation()
  const { customer, agent } = route.useSearch()
  const navigate = route.useNavigate()
  const agents = useAgents().data ?? []
  // The API takes one of the two.
  return (
    <Group gap="sm">
      <CustomerSelect
        aria-label={t('Customer')}
        placeholder={t('Of any customer')}
        clearable
        value={customer ?? null}
        onChange={(id) => void navigate({ search: { customer: id ?? undefined }, replace: true })}
      />
      <Select
        aria-label={t('Agent')}
        placeholder={t('Of any agent')}
        searchable
        clearable
        value={agent ?? null}
        data={agents.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => void navigate({ search: { agent: id ?? undefined }, replace: true })}
      />
    </Group>
  )
}
