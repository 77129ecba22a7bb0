import { Anchor, Card, Group, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'

type Line = Schema<'LineDocument'>

/** The lines that have a plan now, or will: looked for among all lines, page by page. */
export function PlanSubscribers({ plan }: { plan: string }) {
  const { t } = useTranslation()
  const lines = $api.useInfiniteQuery('get', '/api/v1/lines', { params: { query: { limit: 500 } } }, PAGES)
  const { rows, ...list } = listed(lines)
  const subscribers = rows?.filter((line) => line.state !== 'closed' && subscription(line, plan))
  const columns: Column<Line>[] = [
    {
      key: 'number',
      title: t('Line'),
      cell: ({ id, number }) => (
        <Anchor component={Link} to={`/lines/${id}`}>
          {number}
        </Anchor>
      ),
    },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} /> },
    {
      key: 'since',
      title: t('Since'),
      cell: (line) => <Time at={subscription(line, plan)?.from} style="date" />,
      isFigure: true,
    },
  ]
  return (
    <Card withBorder component="section" aria-labelledby="subscribers">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="subscribers">
          {t('Lines with this plan')}
        </Title>
        {list.more && (
          <Text size="sm" c="dimmed">
            {t('among the first {{number}} lines', { number: rows?.length ?? 0 })}
          </Text>
        )}
      </Group>
      <List
        label={t('Lines with this plan')}
        columns={columns}
        rows={subscribers}
        rowKey={({ id }) => id}
        empty={{ title: t('No line has this plan.') }}
        expected={3}
        {...list}
      />
    </Card>
  )
}

/** The line's subscription to the plan that goes on, or is to come. */
function subscription({ plans }: Line, plan: string) {
  const isOver = (at: number) => Date.parse(plans[at + 1]?.from ?? '') <= Date.now()
  return plans.find((each, at) => each.plan === plan && !isOver(at))
}
