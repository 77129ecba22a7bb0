import { Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DAYS } from '@/pages/prices/document'
import { dayName } from '@/pages/prices/words'
import classes from './HeatGrid.module.css'

type Hour = Schema<'HourOfWeekDocument'>

const WEEK = DAYS.slice(0, 7)
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** The hours of the week: the more calls came, the stronger the colour. Where there is little room the hours go down, and the days across. */
export function HeatGrid({ hours, zone }: { hours: Hour[]; zone: string }) {
  const { t } = useTranslation()
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const ofDay = WEEK.map((day, at) => ({ at, title: dayName(day) }))
  const ofHour = HOURS.map((at) => ({ at, title: String(at) }))
  const [rows, columns] = isNarrow ? [ofHour, ofDay] : [ofDay, ofHour]
  const cell = (weekday: number, hour: number) => (
    <Cell
      key={`${weekday} ${hour}`}
      of={hours.find((each) => each.weekday === weekday && each.hour === hour)}
      most={most}
      when={`${ofDay[weekday]?.title}, ${hour}:00`}
    />
  )
  const most = Math.max(1, ...hours.map(({ calls }) => calls))
  return (
    <Stack gap="xs" component="section" aria-label={t('When calls come')}>
      <div>
        <Title order={2} size="h4">
          {t('When calls come')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('Calls in each hour of the week, by the clocks of {{zone}}.', {
            zone: zone.replaceAll('_', ' '),
          })}
        </Text>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label={t('Hours of the week')}>
        <table className={classes.grid}>
          <thead>
            <tr>
              <td />
              {columns.map(({ at, title }) => (
                <th key={at} scope="col" className={classes.across}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.at}>
                <th scope="row" className={classes.down}>
                  {row.title}
                </th>
                {columns.map(({ at }) => (isNarrow ? cell(at, row.at) : cell(row.at, at)))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Stack>
  )
}

function Cell({ of, most, when }: { of?: Hour; most: number; when: string }) {
  const { t } = useTranslation()
  if (!of) return <td className={classes.cell} title={when} />
  const { calls, answered } = of
  const heat = Math.ceil((calls * 4) / most)
  return (
    <td
      className={classes.cell}
      data-heat={heat}
      title={t('{{when}}: {{calls}} calls, {{answered}} answered', { when, calls, answered })}
    >
      {calls}
    </td>
  )
}
