import { Modal, Stack, Text } from '@mantine/core'
import { $api } from '@/api/client'
import { dayAfter } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { type Group, type Override, type Shift, useAgentNames } from '../group'
import { changeText, hoursText } from '../words'
import type { Asked } from './editing'
import { TakeBack } from './Overrides'
import { ShiftDialog } from './ShiftDialog'
import { ShiftForm } from './ShiftForm'
import { newShift } from './shiftValues'
import { clockOf } from './week'

interface DialogsProps {
  group: Group
  zone: string
  monday: string
  shifts: Shift[]
  asked: Asked | undefined
  close: () => void
}

/** What opens from a roster. */
export function Dialogs({ asked, close, ...props }: DialogsProps) {
  const { t } = useTranslation()
  const titles: Record<Asked['what'], string> = {
    shift: t('Shift'),
    'new shift': t('New shift'),
    override: t('Changed for a date'),
  }
  return (
    <Modal
      opened={asked !== undefined}
      onClose={close}
      title={asked && titles[asked.what]}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {asked && <Content asked={asked} close={close} {...props} />}
    </Modal>
  )
}

function Content({ group, zone, monday, shifts, asked, close }: DialogsProps & { asked: Asked }) {
  if (asked.what === 'override')
    return <OverrideContent group={group.id} monday={monday} id={asked.id} close={close} />
  if (asked.what === 'new shift') {
    const { part, agent } = asked
    const place = part && {
      days: [String(part.day)],
      hours: `${clockOf(part.from)}-${clockOf(part.to)}`,
    }
    return <ShiftForm group={group.id} zone={zone} wanted={newShift({ agent, ...place })} close={close} />
  }
  const shift = shifts.find(({ id }) => id === asked.spell.duty.shift)
  return (
    shift && <ShiftDialog zone={zone} shift={shift} spell={asked.spell} drag={asked.drag} close={close} />
  )
}

interface OverrideContentProps {
  group: string
  monday: string
  id: string
  close: () => void
}

/** A change for a date: it is taken back, and made anew where it is to be another. */
function OverrideContent({ group, monday, id, close }: OverrideContentProps) {
  const nameOf = useAgentNames()
  // It may have begun the day before.
  const query = { from: dayAfter(monday, -1), until: dayAfter(monday, 6) }
  const changes = $api.useQuery('get', '/api/v1/groups/{id}/overrides', {
    params: { path: { id: group }, query },
  })
  const change = changes.data?.items.find((each: Override) => each.id === id)
  if (!change) return null
  const name = changeText(change, nameOf)
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">{name}</Text>
      <Text size="sm" c="dimmed" className="figures">
        {`${weekdayText(change.date, 'long')} · ${hoursText(change.hours)}`}
      </Text>
      <TakeBack change={change} name={name} done={close} />
    </Stack>
  )
}
