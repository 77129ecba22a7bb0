import { Card, Select, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { dayAfter, dayOf, dayStart } from '@/format/civil'
import { durationText } from '@/format/time'
import { locale, useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { type Group, useZone } from '../group'
import { SPANS } from '../routes'
import { HeatGrid } from './HeatGrid'

const route = getRouteApi('/frame/groups/$id')

const USUAL = 28

type Statistics = Schema<'GroupStatisticsDocument'>

/** What became of the calls of some weeks, and when they came. */
export function StatisticsTab({ group }: { group: Group }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  const { days = USUAL } = route.useSearch()
  const navigate = route.useNavigate()
  const today = dayOf(new Date(), zone)
  const query = { from: dayStart(dayAfter(today, 1 - days), zone), until: dayStart(dayAfter(today), zone) }
  const found = $api.useQuery(
    'get',
    '/api/v1/groups/{id}/statistics',
    { params: { path: { id: group.id }, query } },
    { placeholderData: keepPreviousData, refetchInterval: 60_000 },
  )
  const choose = (span: number) =>
    void navigate({
      search: (kept) => ({ ...kept, days: span === USUAL ? undefined : span }),
      replace: true,
      resetScroll: false,
    })
  return (
    <Stack gap="lg">
      <Select
        label={t('Time')}
        maw={260}
        allowDeselect={false}
        data={SPANS.map((span) => ({ value: String(span), label: t('the last {{span}} days', { span }) }))}
        value={String(days)}
        onChange={(span) => choose(Number(span))}
      />
      {found.error && !found.data && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.data ? <Shown found={found.data} /> : found.isPending && <Skeleton height={420} />}
    </Stack>
  )
}

function Shown({ found }: { found: Statistics }) {
  const { t } = useTranslation()
  const { calls, answered, messages, missed, blocked, time_to_answer, gap_seconds } = found
  const share = new Intl.NumberFormat(locale(), { style: 'percent' })
  const hours = new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 })
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure title={t('Calls')} value={calls}>
          {t('{{blocked}} of them refused', { blocked })}
        </Figure>
        <Figure title={t('Answered')} value={calls > 0 ? share.format(answered / calls) : '–'}>
          {t('{{answered}} answered, {{messages}} left a message, {{missed}} missed', {
            answered,
            messages,
            missed,
          })}
        </Figure>
        <Figure
          title={t('Waited until answered')}
          value={time_to_answer ? durationText(time_to_answer.p50_seconds) : '–'}
        >
          {time_to_answer
            ? t('half of them; nine of ten no longer than {{time}}', {
                time: durationText(time_to_answer.p90_seconds),
              })
            : t('nobody answered')}
        </Figure>
        <Figure title={t('Hours with too few')} value={hours.format(gap_seconds / 3600)}>
          {t('by the roster as it is now')}
        </Figure>
      </SimpleGrid>
      <HeatGrid hours={found.hours} zone={found.time_zone} />
    </Stack>
  )
}

interface FigureProps {
  title: string
  value: ReactNode
  children: ReactNode
}

function Figure({ title, value, children }: FigureProps) {
  return (
    <Card withBorder padding="sm">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fz={26} fw={650} lh={1.3} className="figures">
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </Card>
  )
}
