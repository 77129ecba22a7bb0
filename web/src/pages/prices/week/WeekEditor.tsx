import { Alert, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import { DAYS, type DayKey, type Rate } from '../document'
import { windowText } from '../words'
import { PeriodDialog } from './PeriodDialog'
import { Swatch } from './Swatch'
import type { Area } from './selection'
import { letterOf } from './tones'
import { WeekGrid } from './WeekGrid'
import { ERASER, WeekPrices } from './WeekPrices'
import { added, between, DAY_MINUTES, erased, obstacle, runsOf, type Week, type Window } from './week'

interface WeekEditorProps {
  week: Week
  change: (week: Week) => void
  currency: string
  base: Rate | null
}

const ROWS: DayKey[] = ['every', ...DAYS.filter((day) => day !== 'every')]

/** Paints the week with prices. Nothing that overlaps is ever taken in. */
export function WeekEditor({ week, change, currency, base }: WeekEditorProps) {
  const { t } = useTranslation()
  const [brush, setBrush] = useState(0)
  const [refused, setRefused] = useState<{ wanted: Window; other: Window }>()
  const [dialog, setDialog] = useState<{ window?: Window }>()
  const windows = (next: Window[]) => {
    setRefused(undefined)
    change({ ...week, windows: next })
  }
  const erase = (area: Area) => windows(withoutArea(week.windows, area))
  const paint = (area: Area) => {
    if (brush === ERASER || isPainted(week.windows, area, brush)) return erase(area)
    const wanted = area.days.map((day) => ({ day, start: area.from, end: area.to, price: brush }))
    const inTheWay = wanted.flatMap((each) => {
      const other = obstacle(
        week.windows.filter(({ price }) => price !== brush),
        each,
      )
      return other ? [{ wanted: each, other }] : []
    })
    if (inTheWay.length > 0) return setRefused(inTheWay[0])
    if (week.prices.length === 0) return
    windows(wanted.reduce(added, week.windows))
  }
  return (
    <Stack gap="md">
      <WeekPrices {...{ week, change, currency, base, brush }} choose={setBrush} />
      {week.prices.length > 0 && (
        <>
          <WeekGrid
            week={week}
            currency={currency}
            base={base}
            rows={ROWS}
            edit={{ paint, erase, open: (window) => setDialog({ window }) }}
          />
          {refused && (
            <Alert color="red" icon={<IconAlertTriangle />} role="alert">
              {t('{{one}} would overlap {{other}} ({{letter}}): shorten or remove one of them.', {
                one: windowText(refused.wanted),
                other: windowText(refused.other),
                letter: letterOf(refused.other.price),
              })}
            </Alert>
          )}
          <Keys />
          <Group gap="xs">
            {week.windows.map((window) => (
              <UnstyledButton
                key={windowText(window)}
                onClick={() => setDialog({ window })}
                title={t('Change {{period}}', { period: windowText(window) })}
              >
                <Group gap={6}>
                  <Swatch price={window.price} />
                  <Text size="sm" td="underline">
                    {windowText(window)}
                  </Text>
                </Group>
              </UnstyledButton>
            ))}
            <Button
              variant="default"
              size="xs"
              leftSection={<IconClock size={14} />}
              onClick={() => setDialog({})}
            >
              {t('Add to the minute')}
            </Button>
          </Group>
        </>
      )}
      {dialog && (
        <PeriodDialog
          week={week}
          currency={currency}
          window={dialog.window}
          price={Math.max(brush, 0)}
          save={(wanted) => {
            windows(
              wanted.reduce(
                added,
                week.windows.filter((each) => each !== dialog.window),
              ),
            )
            setDialog(undefined)
          }}
          remove={() => {
            windows(week.windows.filter((each) => each !== dialog.window))
            setDialog(undefined)
          }}
          close={() => setDialog(undefined)}
        />
      )}
    </Stack>
  )
}

/** How the keyboard paints. */
function Keys() {
  const { t } = useTranslation()
  return (
    <Text size="xs" c="dimmed" visibleFrom="sm">
      {t('Drag to paint. Keys: arrows move, Shift extends, Space paints, Del erases, Enter opens a period.')}
    </Text>
  )
}

function withoutArea(windows: Window[], { days, from, to }: Area): Window[] {
  return days.reduce((left, day) => erased(left, day, from, to), windows)
}

/** Whether all of an area has that price already, of its own days: painting it again takes it away. */
function isPainted(windows: Window[], { days, from, to }: Area, price: number): boolean {
  return days.every((day) => {
    const own = windows.filter((window) => window.day === day)
    const runs = between(runsOf(day, own), from, Math.min(to, DAY_MINUTES))
    return runs.every(({ window }) => window?.price === price)
  })
}
