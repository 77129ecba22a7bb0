import { Card, SimpleGrid, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import classes from './overview.module.css'
import type { Standing } from './standing'

/** The figures that are looked at first; each leads to what it counts. */
export function Tiles({ standing }: { standing: Standing }) {
  const { t } = useTranslation()
  const agents = $api.useQuery('get', '/api/v1/agents', { params: { query: { limit: 500 } } }).data?.items
  const here = agents?.filter(({ presence }) => presence === 'online' || presence === 'busy')
  const { calls_now, currency, revenue_days, unpaid } = standing
  return (
    <SimpleGrid cols={{ base: 2, md: agents?.length === 0 ? 3 : 4 }} spacing="md">
      <Tile title={t('Calls now')} to="/calls/live">
        {calls_now}
      </Tile>
      <Tile title={t('Revenue today')} to="/calls">
        <Money amount={revenue_days.at(-1)?.amount} currency={currency} />
      </Tile>
      <Tile title={t('Unpaid')} to="/invoices">
        <Money amount={unpaid.total} currency={currency} />
      </Tile>
      {agents?.length !== 0 && (
        <Tile title={t('Agents there')} to="/agents">
          {here && agents && t('{{here}} of {{all}}', { here: here.length, all: agents.length })}
        </Tile>
      )}
    </SimpleGrid>
  )
}

function Tile({ title, to, children }: { title: string; to: string; children: ReactNode }) {
  return (
    <Card withBorder padding="md" component={Link} to={to} className={classes.tile}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text className="figures" fz={{ base: 20, md: 26 }} fw={650} lh={1.3}>
        {children}
      </Text>
    </Card>
  )
}
