import { Box, Card, Skeleton, Table, Text, Title, VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { dayText } from '@/format/day'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import classes from './overview.module.css'
import type { Standing } from './standing'

const RevenueChart = lazy(() => import('./RevenueChart'))

interface RevenueProps {
  days: Standing['revenue_days']
  currency: string
}

/** What calls and messages came to, day by day: bars for those who see them, a table for those who hear it. */
export function Revenue({ days, currency }: RevenueProps) {
  const { t } = useTranslation()
  return (
    <Card withBorder component="section" aria-label={t('Revenue by day')}>
      <Title order={2} size="h4">
        {t('Revenue by day')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('The last 30 days, calls and messages, in {{currency}}', { currency })}
      </Text>
      <Box h={220} aria-hidden className={classes.chart}>
        <Suspense fallback={<Skeleton h={220} />}>
          <RevenueChart days={days} currency={currency} />
        </Suspense>
      </Box>
      <VisuallyHidden>
        <Table>
          <caption>{t('Revenue by day')}</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('Day')}</Table.Th>
              <Table.Th scope="col">{t('Revenue')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.map(({ date, amount }) => (
              <Table.Tr key={date}>
                <Table.Th scope="row">{dayText(date)}</Table.Th>
                <Table.Td>
                  <Money amount={amount} currency={currency} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </VisuallyHidden>
    </Card>
  )
}
