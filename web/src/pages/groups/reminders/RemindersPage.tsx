import { Badge, Text, TextInput } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { dayAfter, dayOf } from '@/format/civil'
import { Time, timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { AgentName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { stateColor, stateText } from './words'

const route = getRouteApi('/frame/reminders')

type Reminder = Schema<'ReminderDocument'>

/** Who was told of the shifts of a date, of what, and when. */
export function RemindersPage() {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const { date = dayAfter(dayOf(new Date(), time_zone)) } = route.useSearch()
  const navigate = route.useNavigate()
  const told = $api.useQuery(
    'get',
    '/api/v1/reminders',
    { params: { query: { date } } },
    { refetchInterval: 60_000 },
  )
  const isToCome = date > dayOf(new Date(), time_zone)
  return (
    <Page title={t('Who was reminded')}>
      <Text size="sm" c="dimmed" maw={640}>
        {t(
          'On the evening before, each agent with a shift gets one mail with all of them; and another one for each change after that.',
        )}
      </Text>
      <TextInput
        type="date"
        label={t('Date of the shifts')}
        maw={220}
        value={date}
        onChange={(event) => {
          const chosen = event.currentTarget.value
          if (chosen) void navigate({ search: { date: chosen }, replace: true })
        }}
      />
      <List
        label={t('Who was reminded')}
        columns={useColumns()}
        rows={told.data?.items}
        rowKey={({ agent }) => agent}
        empty={{
          title: isToCome ? t('Nobody was told of that date yet.') : t('Nobody was told of that date.'),
        }}
        error={told.error}
        again={() => void told.refetch()}
        expected={4}
      />
    </Page>
  )
}

function useColumns(): Column<Reminder>[] {
  const { t } = useTranslation()
  return [
    { key: 'agent', title: t('Agent'), width: 180, cell: ({ agent }) => <AgentName id={agent} /> },
    {
      key: 'state',
      title: t('State'),
      cell: ({ state, reason }) => (
        <>
          <Badge variant="light" color={stateColor(state)}>
            {stateText(state)}
          </Badge>
          {reason && (
            <Text size="sm" c="var(--mantine-color-error)" style={{ overflowWrap: 'anywhere' }}>
              {reason}
            </Text>
          )}
        </>
      ),
    },
    { key: 'shifts', title: t('Shifts'), cell: ({ shifts }) => shifts.map(shiftLine) },
    {
      key: 'sent',
      title: t('Sent'),
      cell: ({ sent_at, times }) => (
        <>
          <Time at={sent_at} />
          {times > 1 && (
            <Text size="xs" c="dimmed">
              {t('told {{times}} times: the shifts changed', { times })}
            </Text>
          )}
        </>
      ),
    },
  ]
}

/** A shift, by the clocks by which its agent was told of it. */
function shiftLine({ group, name, time_zone, from, until }: Reminder['shifts'][number]) {
  return (
    <Text key={`${group} ${from}`} inherit title={time_zone}>
      {`${name}, `}
      <span className="figures">{`${timeText(from, time_zone)} – ${timeText(until, time_zone, 'clock')}`}</span>
    </Text>
  )
}
