import { Anchor, Badge, Stack, Text, TextInput, Title } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { $api } from '@/api/client'
import { dayAfter, dayOf, dayStart } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List, More } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { type Group, useAgentNames, useZone } from '../group'
import { callerText } from '../words'
import { CallDialog } from './CallDialog'
import {
  attemptText,
  backText,
  type GroupCall,
  isCallingBack,
  resultColor,
  resultText,
  waitedText,
} from './words'

/** While somebody is being called back. */
const SOON = 2000

const route = getRouteApi('/frame/groups/$id')

/** The calls to a group, by day: what became of each, who was rung, and what was noted of it. */
export function CallsTab({ group }: { group: Group }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  const { day, call } = route.useSearch()
  const navigate = route.useNavigate()
  const narrow = (changed: { day?: string; call?: string }) =>
    void navigate({ search: (kept) => ({ ...kept, ...changed }), replace: true, resetScroll: false })
  const span = day && { from: dayStart(day, zone), until: dayStart(dayAfter(day), zone) }
  const params = { path: { id: group.id }, query: { ...span, limit: 50 } }
  const [isSoon, setSoon] = useState(false)
  const options = { ...PAGES, refetchInterval: isSoon ? SOON : 60_000 }
  const { rows, more, ...calls } = listed(
    $api.useInfiniteQuery('get', '/api/v1/groups/{id}/calls', { params }, options),
  )
  const isRinging = isCallingBack(rows)
  useEffect(() => setSoon(isRinging), [isRinging])
  const days = byDay(rows ?? [], zone)
  const list = { columns: useColumns(zone, (id) => narrow({ call: id })), rowKey: ({ id }: GroupCall) => id }
  return (
    <Stack gap="lg">
      <TextInput
        type="date"
        label={t('Day')}
        description={t('Times in {{zone}}.', { zone })}
        maw={220}
        value={day ?? ''}
        onChange={(event) => narrow({ day: event.currentTarget.value || undefined })}
      />
      {days.map(([date, ofDay]) => (
        <Stack key={date} gap="xs" component="section" aria-label={weekdayText(date, 'long')}>
          <Title order={2} size="h4">
            {weekdayText(date, 'long')}
          </Title>
          <List {...list} label={weekdayText(date, 'long')} rows={ofDay} empty={{ title: '' }} />
        </Stack>
      ))}
      {days.length === 0 && (
        <List
          {...list}
          {...calls}
          label={t('Calls')}
          rows={rows}
          empty={{ title: t('Nobody has called yet.'), isFiltered: Boolean(day) }}
        />
      )}
      {more && <More {...more} />}
      <CallDialog id={call} zone={zone} close={() => narrow({ call: undefined })} />
    </Stack>
  )
}

/** The days of calls, and those of each, as they come. */
function byDay(calls: GroupCall[], zone: string): [string, GroupCall[]][] {
  const days = new Map<string, GroupCall[]>()
  for (const call of calls) {
    const day = dayOf(call.called_at, zone)
    days.set(day, [...(days.get(day) ?? []), call])
  }
  return [...days]
}

function useColumns(zone: string, open: (id: string) => void): Column<GroupCall>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'time',
      title: t('Time'),
      width: 90,
      cell: ({ id, called_at, caller }) => {
        const time = timeText(called_at, zone, 'clock')
        return (
          <Anchor
            component="button"
            type="button"
            className="figures"
            aria-label={t('Call of {{time}}, {{who}}', { time, who: callerText(caller) })}
            onClick={() => open(id)}
          >
            {time}
          </Anchor>
        )
      },
    },
    {
      key: 'result',
      title: t('Result'),
      width: 150,
      onCard: 'beside',
      cell: ({ result, answers }) => (
        <Badge variant="light" color={resultColor(result)}>
          {answers ? t('called back: {{result}}', { result: backText(result) }) : resultText(result)}
        </Badge>
      ),
    },
    {
      key: 'caller',
      title: t('Caller'),
      width: 170,
      cell: ({ caller }) => <span className="figures">{callerText(caller)}</span>,
    },
    { key: 'rung', title: t('Who was rung'), cell: (call) => <Rung call={call} /> },
    { key: 'waited', title: t('Waited'), width: 90, isFigure: true, cell: waitedText },
    {
      key: 'note',
      title: t('Note'),
      width: 260,
      cell: ({ note, outcome }) => (
        <Text inherit lineClamp={2} maw={260} title={note ?? undefined}>
          {[outcome, note].filter(Boolean).join(' · ') || '–'}
        </Text>
      ),
    },
  ]
}

/** Who was rung, and what came of it, in a line. */
function Rung({ call: { attempts } }: { call: GroupCall }) {
  const nameOf = useAgentNames()
  if (attempts.length === 0) return '–'
  return attempts.map(({ agent, result }) => `${nameOf(agent)} ${attemptText(result)}`).join(', ')
}
