import { Stack, Text, Title } from '@mantine/core'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import classes from './calendar.module.css'
import { Item } from './Item'
import type { CalendarProps } from './WeekCalendar'

/** The week day by day, where there is no room for a calendar. */
export function Agenda({ week, drawn, wanted, editing }: CalendarProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" component="section" aria-label={t('Week')}>
      {week.dates.map((date, day) => {
        const items = drawn
          .filter(({ part }) => part.day === day)
          .sort((one, other) => one.part.from - other.part.from)
        return (
          <Stack key={date} gap={4} className={classes.agenda}>
            <Title order={2} size="h5">
              {weekdayText(date, 'long')}
            </Title>
            {items.map((each) => (
              <Item
                key={each.key}
                drawn={each}
                wanted={wanted}
                date={weekdayText(date, 'long')}
                open={editing && (() => editing.open(each))}
              />
            ))}
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {t('Nobody is on duty')}
              </Text>
            )}
          </Stack>
        )
      })}
    </Stack>
  )
}
