import { Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { type Override, useAgentNames } from '../group'
import { useMayChange } from '../rights'
import { changeText, hoursText } from '../words'

/** The changes for dates that are to come, from a day on. */
export function Overrides({ group, from }: { group: string; from: string }) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const nameOf = useAgentNames()
  const params = { path: { id: group }, query: { from } }
  const overrides = $api.useQuery('get', '/api/v1/groups/{id}/overrides', { params })
  const columns: Column<Override>[] = [
    { key: 'date', title: t('Date'), cell: ({ date }) => weekdayText(date) },
    { key: 'change', title: t('What changes'), cell: (change) => changeText(change, nameOf) },
    {
      key: 'hours',
      title: t('Hours'),
      cell: ({ hours }) => <span className="figures">{hoursText(hours)}</span>,
    },
  ]
  const actions: Column<Override> = {
    key: 'actions',
    title: t('What to do'),
    isFigure: true,
    cell: (change) => <TakeBack change={change} name={changeText(change, nameOf)} />,
  }
  const rows = overrides.data?.items
  return (
    <Stack gap="xs" component="section" aria-label={t('Changes for dates')}>
      <Title order={2} size="h4">
        {t('Changes for dates')}
      </Title>
      <List
        label={t('Changes for dates')}
        columns={mayChange ? [...columns, actions] : columns}
        rows={rows && [...rows].sort((one, other) => one.date.localeCompare(other.date))}
        rowKey={({ id }) => id}
        empty={{ title: t('Nothing is changed from today on.') }}
        error={overrides.error}
        again={() => void overrides.refetch()}
        expected={2}
      />
    </Stack>
  )
}

/** Takes a change back: the weekly shifts hold again. */
export function TakeBack({ change, name, done }: { change: Override; name: string; done?: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/overrides/{id}', { params: { path: { id: change.id } } })
    notifications.show({ message: t('The change is taken back.') })
    done?.()
    void changed('groups')
  }
  return (
    <ConfirmButton
      label={t('Take back')}
      aria-label={t('Take back: {{change}}, {{day}}', { change: name, day: weekdayText(change.date) })}
      size="compact-xs"
      warning={t('{{change}}, {{day}}: then the weekly shifts hold again.', {
        change: name,
        day: weekdayText(change.date, 'long'),
      })}
      run={remove}
    />
  )
}
