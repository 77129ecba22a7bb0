import { Anchor, Badge, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { List } from '@/ui/List'
import { usePlanNames } from '../plans'
import { useMayChange } from '../rights'
import { ChangePlan } from './ChangePlan'

interface LinePlanProps {
  line: Schema<'LineDocument'>
  customer: Schema<'CustomerDocument'>
}

/** The plans that a line has had, has and will have. */
export function LinePlan({ line, customer }: LinePlanProps) {
  const { t } = useTranslation()
  const names = usePlanNames()
  const mayChange = useMayChange() && line.state !== 'closed'
  const rows = line.plans
    .map(({ plan, from }, place) => ({ plan, from, to: line.plans[place + 1]?.from ?? line.closed_at }))
    .reverse()
  return (
    <Stack gap="md">
      {mayChange && (
        <Group justify="flex-end">
          <ChangePlan line={line} customer={customer} />
        </Group>
      )}
      <List
        label={t('Plan')}
        columns={[
          {
            key: 'plan',
            title: t('Plan'),
            cell: ({ plan, from, to }) => (
              <Group gap="xs">
                <Anchor component={Link} to={`/plans/${plan}`}>
                  {names.get(plan) ?? '…'}
                </Anchor>
                <Turn from={from} to={to} />
              </Group>
            ),
          },
          { key: 'from', title: t('From'), cell: ({ from }) => <Time at={from} /> },
          { key: 'to', title: t('Until'), cell: ({ to }) => <Time at={to} /> },
        ]}
        rows={rows}
        rowKey={({ plan, from }) => plan + from}
        empty={{ title: t('It has no plan.') }}
      />
    </Stack>
  )
}

/** Whether it is the plan now, or one to come. */
function Turn({ from, to }: { from: string; to: string | null | undefined }) {
  const { t } = useTranslation()
  const now = Date.now()
  if (Date.parse(from) > now) return <Badge variant="light">{t('to come')}</Badge>
  if (to && Date.parse(to) <= now) return null
  return (
    <Badge variant="light" color="green">
      {t('now')}
    </Badge>
  )
}
