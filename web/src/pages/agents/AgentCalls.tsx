import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useCallColumns } from '@/pages/calls/columns'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'

/** The finished calls to an agent, the newest first, with its part of each. */
export function AgentCalls({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const calls = $api.useInfiniteQuery(
    'get',
    '/api/v1/agents/{id}/calls',
    { params: { path: { id: agent }, query: { limit: 25 } } },
    PAGES,
  )
  const columns: Column<Schema<'CallDocument'>>[] = [
    ...useCallColumns().filter(({ key }) => key !== 'agent' && key !== 'parties'),
    {
      key: 'part',
      title: t("Agent's part"),
      cell: ({ price }) => price && <Money amount={price.agent_part} currency={price.currency} />,
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Calls')}
      columns={columns}
      rowKey={({ id }) => id}
      empty={{ title: t('Nobody has called yet.') }}
      {...listed(calls)}
    />
  )
}
