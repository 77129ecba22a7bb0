import { Progress } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration } from '@/format/time'
import { language, useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'

type Month = Schema<'UsageDocument'>

/** What a line's calls sum to, month by month. */
export function LineUsage({ id }: { id: string }) {
  const { t } = useTranslation()
  const usage = $api.useQuery('get', '/api/v1/lines/{id}/usage', {
    params: { path: { id }, query: { by: 'month' } },
  })
  const months = usage.data && 'items' in usage.data ? usage.data.items.toReversed() : undefined
  const most = Math.max(1, ...(months ?? []).map(({ seconds }) => seconds))
  const columns: Column<Month>[] = [
    { key: 'month', title: t('Month'), cell: ({ period }) => monthText(period) },
    { key: 'calls', title: t('Calls'), cell: ({ calls }) => calls, isFigure: true },
    { key: 'answered', title: t('Answered'), cell: ({ answered }) => answered, isFigure: true },
    {
      key: 'time',
      title: t('Duration'),
      cell: ({ seconds }) => <Duration seconds={seconds} />,
      isFigure: true,
    },
    {
      key: 'share',
      title: t('Compared'),
      cell: ({ seconds }) => <Progress value={(seconds / most) * 100} miw={80} aria-hidden />,
      width: '30%',
      onCard: 'never',
    },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
  return (
    <List
      label={t('Usage')}
      columns={columns}
      rows={months}
      rowKey={({ period }) => period}
      error={usage.error}
      again={() => void usage.refetch()}
      empty={{ title: t('There was no call yet.') }}
      expected={3}
    />
  )
}

function monthText(month: string): string {
  const format = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(language(), format).format(new Date(`${month}-01`))
}
