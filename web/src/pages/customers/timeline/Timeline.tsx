import { Button, Chip, Group, Skeleton, Stack, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Schema } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Empty, Failure } from '@/ui/states'
import { usePlanNames } from '../plans'
import { KINDS, type Kind, type TimelineEvent } from './events'
import { mergedPage, type Position } from './merge'
import { conversationsOf, sourcesOf } from './sources'
import { TimelineRow } from './TimelineRow'

interface TimelineProps {
  customer: string
  lines: Schema<'LineDocument'>[]
  /** What is shown; everything, where nothing is chosen. */
  show: Kind[]
  choose: (show: Kind[]) => void
}

/** Everything that happened between the house and a customer, the newest first. */
export function Timeline({ customer, lines, show, choose }: TimelineProps) {
  const { t } = useTranslation()
  const session = useSession()
  // Whoever reads no audit sees no changes of the record.
  const offered = KINDS.filter((kind) => kind !== 'changes' || session.is('owner', 'admin', 'auditor'))
  const timeline = useTimeline(customer, lines, show.length > 0 ? show : offered)
  return (
    <Stack gap="sm">
      <Filter offered={offered} show={show} choose={choose} />
      {timeline.error && !timeline.data && (
        <Failure error={timeline.error} again={() => void timeline.refetch()} />
      )}
      {timeline.isPending && <Skeleton height={320} />}
      {timeline.data && (
        <Days events={timeline.data.pages.flatMap(({ items }) => items)} isFiltered={show.length > 0} />
      )}
      {timeline.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            size="xs"
            onClick={() => void timeline.fetchNextPage()}
            loading={timeline.isFetchingNextPage}
          >
            {t('Show more')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function useTimeline(customer: string, lines: Schema<'LineDocument'>[], kinds: readonly Kind[]) {
  const versions = lines.map(({ version }) => version).join()
  return useInfiniteQuery({
    // The second part names the addresses that it is read from, for the hints of what has changed.
    queryKey: ['timeline', '/customers/calls/payments/conversations/lines', customer, kinds, versions],
    queryFn: async ({ pageParam }) => {
      const conversations = kinds.includes('messages') ? await conversationsOf(customer) : []
      const subject = { customer, lines, conversations }
      return mergedPage(sourcesOf(subject, kinds), pageParam, 50)
    },
    initialPageParam: {} as Position<TimelineEvent>,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
}

function Filter({ offered, show, choose }: Pick<TimelineProps, 'show' | 'choose'> & { offered: Kind[] }) {
  const { t } = useTranslation()
  const names: Record<Kind, string> = {
    calls: t('Calls'),
    invoices: t('Invoices'),
    payments: t('Payments'),
    credits: t('Credits'),
    lines: t('Lines and plans'),
    messages: t('Messages'),
    changes: t('Changes'),
  }
  return (
    <Chip.Group multiple value={show} onChange={(chosen) => choose(chosen as Kind[])}>
      <Group gap={6} role="group" aria-label={t('Shown in the timeline')}>
        {offered.map((kind) => (
          <Chip key={kind} value={kind} size="xs" variant="outline">
            {names[kind]}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  )
}

function Days({ events, isFiltered }: { events: TimelineEvent[]; isFiltered: boolean }) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const plans = usePlanNames()
  if (events.length === 0) return <Empty title={t('Nothing has happened yet.')} isFiltered={isFiltered} />
  const days = new Map<string, TimelineEvent[]>()
  for (const event of events) {
    const day = timeText(event.at, time_zone, 'date')
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} aria-label={day}>
      <Title order={2} size="h6" c="dimmed">
        {day}
      </Title>
      <Stack component="ol" gap={0} m={0} p={0} style={{ listStyle: 'none' }}>
        {ofDay.map((event) => (
          <TimelineRow key={event.key} event={event} plans={plans} />
        ))}
      </Stack>
    </section>
  ))
}
