import { Text } from '@mantine/core'
import { dayOf } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { datedHours } from './roster/week'
import { hoursText } from './words'

/** What the house's clocks show meanwhile: with the date where it is another. */
function timeHere({ from, until, time_zone }: ShiftTimeProps, here: string): string {
  const date = dayOf(from, here)
  const clocks = `${timeText(from, here, 'clock')} – ${timeText(until, here, 'clock')}`
  return date === dayOf(from, time_zone) ? clocks : `${weekdayText(date)}, ${clocks}`
}

interface ShiftTimeProps {
  from: string
  until: string
  /** The zone of the group. */
  time_zone: string
  /** From when to when by the clocks of that zone, where the server tells it. */
  hours?: string | null
}

/** From when to when a shift is, by the clocks of its group, which is how the roster has it; where those are not the house's, what these show as well. */
export function ShiftTime({ shift, isDated }: { shift: ShiftTimeProps; isDated?: boolean }) {
  const { t } = useTranslation()
  const { time_zone: here } = useSession().tenant
  const { from, until, time_zone, hours } = shift
  const date = weekdayText(dayOf(from, time_zone))
  const clocks = hoursText(hours ?? datedHours({ from, until }, time_zone).hours)
  return (
    <>
      <span className="figures">{isDated ? `${date} · ${clocks}` : clocks}</span>
      {time_zone !== here && (
        <Text span display="block" size="xs" c="dimmed" fw={400}>
          {t('in {{zone}}; here {{time}}', { zone: time_zone, time: timeHere(shift, here) })}
        </Text>
      )}
    </>
  )
}
