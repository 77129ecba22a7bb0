import { Group, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import { dayOf } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Shift, type Spell, useAgentNames } from '../group'
import { DateForm } from './DateForm'
import { ShiftForm } from './ShiftForm'
import { useDeleteShift } from './Shifts'
import { valuesOf } from './shiftValues'
import { type Drag, dragged, weekdayOf } from './week'

interface ShiftDialogProps {
  zone: string
  shift: Shift
  /** The time of it that has been chosen. */
  spell: Spell
  /** How far it has been dragged. */
  drag?: Drag
  close: () => void
}

/** Changes a shift in every week, or for one date. */
export function ShiftDialog({ zone, shift, spell, drag, close }: ShiftDialogProps) {
  const { t } = useTranslation()
  const name = useAgentNames()(shift.agent)
  const [scope, setScope] = useState('weekly')
  const remove = useDeleteShift(shift)
  const { from } = spell.duty
  const weekday = weekdayOf(dayOf(from, shift.time_zone ?? zone))
  const moved = drag && dragged(shift, weekday, drag)
  const wanted = valuesOf(moved ? { ...shift, ...moved } : shift)
  return (
    <Stack gap="md">
      <SegmentedControl
        fullWidth
        aria-label={t('What changes')}
        value={scope}
        onChange={setScope}
        data={[
          { value: 'weekly', label: t('Every week') },
          { value: 'date', label: t('Only {{day}}', { day: weekdayText(dayOf(from, zone)) }) },
        ]}
      />
      {scope === 'weekly' ? (
        <>
          <ShiftForm group={shift.group} zone={zone} shift={shift} wanted={wanted} close={close} />
          <Group>
            <ConfirmButton
              label={t('Delete the shift')}
              size="compact-sm"
              warning={t('{{name}} is not on duty then in any week.', { name })}
              run={async () => {
                await remove()
                close()
              }}
            />
          </Group>
        </>
      ) : (
        <DateForm group={shift.group} zone={zone} spell={spell} drag={drag} close={close} />
      )}
    </Stack>
  )
}
