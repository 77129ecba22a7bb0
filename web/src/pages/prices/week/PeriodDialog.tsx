import { Alert, Button, Chip, Group, Input, Modal, Select, Stack, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import { DAYS, type DayKey } from '../document'
import { dayName, priceText, windowText } from '../words'
import { letterOf } from './tones'
import { clockOf, DAY_MINUTES, minuteOf, obstacle, type Week, type Window } from './week'

interface PeriodDialogProps {
  week: Week
  currency: string
  /** The window that is changed; without one, there will be another. */
  window: Window | undefined
  /** The price that a new one has. */
  price: number
  save: (windows: Window[]) => void
  remove: () => void
  close: () => void
}

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/

/** Begin and end of a discount period, to the minute. */
export function PeriodDialog({ week, currency, window, save, remove, close, ...props }: PeriodDialogProps) {
  const { t } = useTranslation()
  const [days, setDays] = useState<DayKey[]>(window ? [window.day] : ['every'])
  const [start, setStart] = useState(window ? clockOf(window.start) : '19:00')
  const [end, setEnd] = useState(window ? clockOf(window.end) : '24:00')
  const [price, setPrice] = useState(window?.price ?? props.price)
  const isClock = CLOCK.test(start) && start !== '24:00' && CLOCK.test(end)
  const others = week.windows.filter((each) => each !== window)
  // Midnight as an end is that of the same day.
  const wanted = isClock
    ? days.map((day) => ({ day, start: minuteOf(start), end: minuteOf(end) || DAY_MINUTES, price }))
    : []
  const refused = wanted.flatMap((each) => {
    const other = obstacle(others, each)
    return other ? [{ wanted: each, other }] : []
  })[0]
  return (
    <Modal
      opened
      onClose={close}
      title={window ? t('Change the discount period') : t('Add a discount period')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <Stack gap="sm">
        <Input.Wrapper label={t('Days')}>
          <Chip.Group multiple value={days} onChange={(chosen) => setDays(chosen as DayKey[])}>
            <Group gap={6} mt={4}>
              {DAYS.map((day) => (
                <Chip key={day} value={day} size="xs">
                  {dayName(day)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
        <Group grow align="flex-start">
          <Clock label={t('From')} value={start} change={setStart} />
          <Clock label={t('Until')} value={end} change={setEnd} />
        </Group>
        <Select
          label={t('Price')}
          data={week.prices.map((each, at) => ({
            value: String(at),
            label: `${letterOf(at)} · ${priceText(each, currency)}`,
          }))}
          value={String(price)}
          onChange={(value) => setPrice(Number(value))}
          allowDeselect={false}
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
        <Group justify="space-between">
          {window ? (
            <Button variant="subtle" color="red" onClick={remove}>
              {t('Remove')}
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={close}>
              {t('Cancel')}
            </Button>
            <Button disabled={wanted.length === 0 || Boolean(refused)} onClick={() => save(wanted)}>
              {window ? t('Change') : t('Add')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}

/** A time of the day, on 24 hours: the end of a day can be entered, too. */
function Clock({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  const { t } = useTranslation()
  return (
    <TextInput
      label={label}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      error={CLOCK.test(value) ? undefined : t('such as 19:30')}
      inputMode="numeric"
      placeholder="19:30"
    />
  )
}
