import { Alert, Skeleton, Stack } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPhoneOff } from '@tabler/icons-react'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { $api } from '@/api/client'
import { dayOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { type Group, useZone } from '../group'
import { useMayChange } from '../rights'
import { gapText, spanText } from '../words'
import { Agenda } from './Agenda'
import { ByPerson } from './ByPerson'
import { Dialogs } from './Dialogs'
import { type Drawn, datesOf, useDrawn, type WeekOf } from './drawn'
import type { Asked, Editing } from './editing'
import { Overrides } from './Overrides'
import { Shifts } from './Shifts'
import { Toolbar } from './Toolbar'
import { WeekCalendar } from './WeekCalendar'
import { mondayOf } from './week'

const route = getRouteApi('/frame/groups/$id')

/** Who is on duty when: a week of it, the weekly shifts that it comes from, and the changes for dates. */
export function RosterTab({ group }: { group: Group }) {
  const zone = useZone(group)
  const { week: asked, by } = route.useSearch()
  const today = dayOf(new Date(), zone)
  const monday = mondayOf(asked ?? today)
  const shifts = $api.useQuery('get', '/api/v1/groups/{id}/shifts', { params: { path: { id: group.id } } })
  const week = useWeek(group, monday)
  const [dialog, setDialog] = useState<Asked>()
  const list = shifts.data?.items
  return (
    <Stack gap="lg">
      <Toolbar
        group={group}
        zone={zone}
        monday={monday}
        today={today}
        isByPerson={by === 'person'}
        ask={setDialog}
      />
      {week.error && !week.shown ? (
        <Failure error={week.error} again={week.again} />
      ) : week.shown ? (
        <Shown
          group={group}
          week={week.shown}
          shifts={list ?? []}
          isByPerson={by === 'person'}
          ask={setDialog}
        />
      ) : (
        <Skeleton height={480} />
      )}
      <Shifts zone={zone} shifts={list} error={shifts.error} again={() => void shifts.refetch()} />
      <Overrides group={group.id} from={today} />
      <Dialogs
        group={group}
        zone={zone}
        monday={monday}
        shifts={list ?? []}
        asked={dialog}
        close={() => setDialog(undefined)}
      />
    </Stack>
  )
}

/** A week, as the server tells it. */
function useWeek({ id }: Group, monday: string) {
  const duties = $api.useQuery(
    'get',
    '/api/v1/groups/{id}/duties',
    { params: { path: { id }, query: { from: monday } } },
    { placeholderData: keepPreviousData, refetchInterval: 60_000 },
  )
  const { data } = duties
  const query = { from: data?.from, until: data?.until }
  const gaps = $api.useQuery(
    'get',
    '/api/v1/groups/{id}/gaps',
    { params: { path: { id }, query } },
    { enabled: data !== undefined, placeholderData: keepPreviousData, refetchInterval: 60_000 },
  )
  const shown = useMemo<WeekOf | undefined>(() => {
    if (!data || !gaps.data) return undefined
    const first = dayOf(data.from, data.time_zone)
    return { monday: first, dates: datesOf(first), zone: data.time_zone, duties: data, gaps: gaps.data.items }
  }, [data, gaps.data])
  return {
    shown,
    error: duties.error ?? gaps.error,
    again: () => void duties.refetch().then(() => gaps.refetch()),
  }
}

interface ShownProps {
  group: Group
  week: WeekOf
  shifts: Parameters<typeof ByPerson>[0]['shifts']
  isByPerson: boolean
  ask: (asked: Asked) => void
}

function Shown({ group, week, shifts, isByPerson, ask }: ShownProps) {
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const mayChange = useMayChange()
  const drawn = useDrawn(week)
  const shown = { week, drawn, wanted: group.wanted, editing: mayChange ? editingOf(ask) : undefined }
  return (
    <Stack gap="sm">
      <Uncovered week={week} wanted={group.wanted} />
      {isByPerson ? (
        <ByPerson {...shown} shifts={shifts} />
      ) : isNarrow ? (
        <Agenda {...shown} />
      ) : (
        <WeekCalendar {...shown} />
      )}
    </Stack>
  )
}

function editingOf(ask: (asked: Asked) => void): Editing {
  return {
    open: ({ what }: Drawn) => {
      if ('closed' in what) ask({ what: 'override', id: what.closed.override })
      else if ('spell' in what && what.spell.duty.shift) ask({ what: 'shift', spell: what.spell })
      else if ('spell' in what) ask({ what: 'override', id: what.spell.duty.override ?? '' })
    },
    isMovable: ({ what }) => 'spell' in what && Boolean(what.spell.duty.shift),
    make: (part, agent) => ask({ what: 'new shift', part, agent }),
    drag: (spell, drag) => ask({ what: 'shift', spell, drag }),
  }
}

/** What of the week's gaps is still to come, in words. */
function Uncovered({ week: { gaps, zone }, wanted }: { week: WeekOf; wanted: number }) {
  const { t } = useTranslation()
  const coming = gaps.filter(({ until }) => Date.parse(until) > Date.now())
  const [first] = coming
  if (!first) return null
  const title = t('{{count}} gaps to come this week', {
    count: coming.length,
    defaultValue_one: '{{count}} gap to come this week',
    defaultValue_other: '{{count}} gaps to come this week',
  })
  return (
    <Alert color="red" icon={<IconPhoneOff size={18} />} title={title} p="xs">
      {`${gapText(first, wanted)}: ${spanText(first.from, first.until, zone)}`}
      {coming.length > 1 && ' …'}
    </Alert>
  )
}
