import { type CSSProperties, useMemo } from 'react'
import { dayOf, wallOf } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import classes from './calendar.module.css'
import type { Drawn, WeekOf } from './drawn'
import type { Editing } from './editing'
import { Item } from './Item'
import { useDragging } from './useDragging'
import { clockOf, DAY_MINUTES, inLanes, minuteOf, type Part } from './week'

export interface CalendarProps {
  week: WeekOf
  drawn: Drawn[]
  wanted: number
  /** What can be done with it, where something can. */
  editing?: Editing
}

const HOURS = Array.from({ length: 23 }, (_, hour) => hour + 1)

const percent = (minutes: number) => `${(minutes * 100) / DAY_MINUTES}%`

/** The week by hours: who is on duty, and where nobody is. What can be dragged can be opened, too. */
export function WeekCalendar({ week, drawn, wanted, editing }: CalendarProps) {
  const { t } = useTranslation()
  const { body, ghost, take, begin, handlers } = useDragging(editing)
  const today = dayOf(new Date(), week.zone)
  const columns = useMemo(
    () => week.dates.map((_, day) => placed(drawn.filter(({ part }) => part.day === day))),
    [week.dates, drawn],
  )
  return (
    <section className={classes.calendar} aria-label={t('Week')}>
      <span />
      {week.dates.map((date) => (
        <div key={date} className={`${classes.head} ${date === today ? classes.today : ''}`} aria-hidden>
          {weekdayText(date)}
        </div>
      ))}
      <div className={classes.body} ref={body} {...handlers}>
        <div className={classes.hours} aria-hidden>
          {HOURS.map((hour) => (
            <span key={hour} className={classes.hour} style={{ top: percent(hour * 60) }}>
              {clockOf(hour * 60)}
            </span>
          ))}
        </div>
        {week.dates.map((date, day) => (
          // biome-ignore lint/a11y/useSemanticElements: a day of the week is no fieldset
          <div
            key={date}
            role="group"
            aria-label={weekdayText(date, 'long')}
            data-day={day}
            className={`${classes.day} ${editing ? classes.makes : ''}`}
            onPointerDown={(event) => begin(day, event)}
          >
            {columns[day]?.map(({ drawn: each, place, isShort }) => (
              <Item
                key={each.key}
                drawn={each}
                wanted={wanted}
                style={{
                  top: percent(each.part.from),
                  height: percent(each.part.to - each.part.from),
                  ...place,
                }}
                isShort={isShort}
                open={editing && (() => editing.open(each))}
                take={editing?.isMovable(each) ? take : undefined}
              />
            ))}
            {date === today && <Now zone={week.zone} />}
            {ghost?.day === day && <Ghost part={ghost} />}
          </div>
        ))}
      </div>
    </section>
  )
}

interface Placed {
  drawn: Drawn
  place?: CSSProperties
  /** Whether it is where too few are on duty, beside those who are. */
  isShort?: boolean
}

/** Where each of a day stands: duties of the same time beside each other, and what they lack at the edge. */
function placed(ofDay: Drawn[]): Placed[] {
  const short = ofDay.filter(({ what }) => 'gap' in what && what.gap.staffed > 0)
  const others = ofDay.filter((each) => !short.includes(each))
  const isBeside = (part: Part) => short.some(({ part: gap }) => gap.from < part.to && part.from < gap.to)
  const lanes = inLanes(others.map((drawn) => ({ drawn, ...drawn.part })))
  const wide = lanes.map(({ item: { drawn }, lane, lanes }) => {
    const room = isBeside(drawn.part) ? '(100% - 20px)' : '100%'
    return { drawn, place: { left: `calc(${room} * ${lane / lanes})`, width: `calc(${room} / ${lanes})` } }
  })
  return [...wide, ...short.map((drawn) => ({ drawn, isShort: true }))]
}

function Now({ zone }: { zone: string }) {
  const minute = minuteOf(wallOf(new Date(), zone).slice(11))
  return <div className={classes.now} style={{ top: percent(minute) }} />
}

function Ghost({ part }: { part: Part }) {
  return (
    <div
      className={`${classes.item} ${classes.ghost}`}
      style={{ top: percent(part.from), height: percent(part.to - part.from), left: 0, width: '100%' }}
    >
      {`${clockOf(part.from)}–${clockOf(part.to)}`}
    </div>
  )
}
