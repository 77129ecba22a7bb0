import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { dayAfter, dayOf } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import type { Swap } from '@/pages/groups/swaps/swap'
import { useSession } from '@/session'
import { Empty, Failure } from '@/ui/states'
import { MOST_WEEKS } from '../routes'
import { ShiftCard } from './ShiftCard'
import { byDay } from './shift'
import classes from './shifts.module.css'
import { useShifts } from './useShifts'

interface DaysProps {
  agent: string
  /** How many are shown. */
  weeks: number
  /** The swaps that the agent is part of. */
  swaps: Swap[]
  show: (weeks: number) => void
}

/** When an agent is on duty in the weeks to come, day by day, in all groups. */
export function Days({ agent, weeks, swaps, show }: DaysProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const { ahead, error, again } = useShifts(agent, weeks * 7)
  if (error && !ahead) return <Failure error={error} again={again} />
  if (!ahead) return <Skeleton height={320} />
  const today = dayOf(new Date(), time_zone)
  const names = new Map([
    [today, t('Today')],
    [dayAfter(today), t('Tomorrow')],
  ])
  return (
    <Stack gap="md">
      {ahead.length === 0 && (
        <Empty title={t('You have no shifts in the next {{weeks}} weeks.', { weeks })} />
      )}
      {byDay(ahead).map(([day, shifts]) => (
        <div key={day} className={classes.day}>
          <div>
            <Title order={3} size="h6">
              {weekdayText(day)}
            </Title>
            {names.has(day) && (
              <Text size="xs" c="dimmed">
                {names.get(day)}
              </Text>
            )}
          </div>
          <Stack gap="xs" role="list" aria-label={weekdayText(day, 'long')}>
            {shifts.map((shift) => (
              <ShiftCard key={`${shift.group} ${shift.from}`} shift={shift} day={day} swaps={swaps} />
            ))}
          </Stack>
        </div>
      ))}
      {weeks < MOST_WEEKS && (
        <Group justify="center">
          <Button variant="default" size="xs" onClick={() => show(Math.min(weeks * 2, MOST_WEEKS))}>
            {t('Show more weeks')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
