import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Paper, Text } from '@mantine/core'
import { dayText } from '@/format/day'
import { Money } from '@/format/money'
import { locale } from '@/i18n'
import type { Standing } from './standing'

interface RevenueChartProps {
  days: Standing['revenue_days']
  currency: string
}

/** The bars. Their heights are numbers; what is read is the API's own text. */
export default function RevenueChart({ days, currency }: RevenueChartProps) {
  const short = new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const round = new Intl.NumberFormat(locale(), { notation: 'compact' })
  const data = days.map(({ date, amount }) => ({ date, amount, height: Number(amount) }))
  return (
    <BarChart
      h={220}
      data={data}
      dataKey="date"
      series={[{ name: 'height', color: 'var(--revenue)' }]}
      tickLine="none"
      valueFormatter={(value) => round.format(value)}
      xAxisProps={{ tickFormatter: (date: string) => short.format(new Date(date)), minTickGap: 24 }}
      yAxisProps={{ width: 44 }}
      barProps={{ radius: [3, 3, 0, 0], isAnimationActive: false }}
      barChartProps={{ accessibilityLayer: false }}
      tooltipAnimationDuration={0}
      tooltipProps={{
        content: ({ payload }) => {
          const day = payload?.[0]?.payload as (typeof data)[number] | undefined
          if (!day) return null
          return (
            <Paper withBorder px="sm" py={6} shadow="sm">
              <Text size="xs" c="dimmed">
                {dayText(day.date)}
              </Text>
              <Money amount={day.amount} currency={currency} fw={650} />
            </Paper>
          )
        },
      }}
    />
  )
}
