import { Stack, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { dayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { RowActions } from '@/pages/trunks/RowActions'
import { type Column, List } from '@/ui/List'
import { AgentName } from '@/ui/names'
import { type Shift, useAgentNames } from '../group'
import { useMayChange } from '../rights'
import { weeklyText } from '../words'
import { ShiftForm } from './ShiftForm'
import { valuesOf } from './shiftValues'

interface ShiftsProps {
  zone: string
  shifts: Shift[] | undefined
  error: unknown
  again: () => void
}

/** All weekly shifts, those as well that are not on in the week that is shown. */
export function Shifts({ zone, shifts, error, again }: ShiftsProps) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const columns: Column<Shift>[] = [
    { key: 'agent', title: t('Agent'), cell: ({ agent }) => <AgentName id={agent} /> },
    { key: 'when', title: t('When'), cell: weeklyText },
    { key: 'dates', title: t('Dates'), cell: (shift) => <Dates shift={shift} /> },
    { key: 'zone', title: t('Time zone'), cell: ({ time_zone }) => time_zone ?? t('the group’s') },
    { key: 'priority', title: t('Priority'), cell: ({ priority }) => priority, isFigure: true },
  ]
  const cell = (shift: Shift) => <Actions shift={shift} zone={zone} />
  const actions: Column<Shift> = { key: 'actions', title: t('What to do'), cell, isFigure: true }
  return (
    <Stack gap="xs" component="section" aria-label={t('Weekly shifts')}>
      <Title order={2} size="h4">
        {t('Weekly shifts')}
      </Title>
      <List
        label={t('Weekly shifts')}
        columns={mayChange ? [...columns, actions] : columns}
        rows={shifts}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no shifts yet: nobody answers.') }}
        error={error}
        again={again}
        expected={3}
      />
    </Stack>
  )
}

function Dates({ shift: { from, until } }: { shift: Shift }) {
  const { t } = useTranslation()
  if (from && until) return `${dayText(from)} – ${dayText(until)}`
  if (from) return t('from {{time}}', { time: dayText(from) })
  if (until) return t('until {{time}}', { time: dayText(until) })
  return t('always')
}

function Actions({ shift, zone }: { shift: Shift; zone: string }) {
  const { t } = useTranslation()
  const name = useAgentNames()(shift.agent)
  const remove = useDeleteShift(shift)
  return (
    <RowActions
      title={t('Weekly shift')}
      name={t('the shift of {{name}}, {{when}}', { name, when: weeklyText(shift) })}
      warning={t('{{name}} is not on duty then in any week.', { name })}
      remove={remove}
    >
      {(close) => (
        <ShiftForm group={shift.group} zone={zone} shift={shift} wanted={valuesOf(shift)} close={close} />
      )}
    </RowActions>
  )
}

/** Deletes a weekly shift. */
export function useDeleteShift({ id }: Pick<Shift, 'id'>) {
  const { t } = useTranslation()
  const changed = useChanged()
  return async () => {
    await fetchClient.DELETE('/api/v1/shifts/{id}', { params: { path: { id } } })
    notifications.show({ message: t('The shift is gone.') })
    void changed('groups')
  }
}
