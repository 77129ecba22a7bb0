import { Button, Group, Input, Pill, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useField } from './fields'
import { useSettings } from './SectionForm'

/** Dates, by year. */
export function HolidaysField() {
  const { t } = useTranslation()
  const { key, value, change, input } = useField({
    at: 'holidays',
    label: t('Holidays'),
    help: t('Dates on which the discount periods for holidays apply.'),
  })
  return <Dates key={key} value={value as string[]} change={change} input={input} />
}

interface DatesProps {
  value: string[]
  change: (dates: string[]) => void
  input: ReturnType<typeof useField>['input']
}

function Dates({ value, change, input }: DatesProps) {
  const { t } = useTranslation()
  const { errors } = useSettings()
  const [dates, setDates] = useState(value)
  const typed = useRef<HTMLInputElement>(null)
  const set = (next: string[]) => {
    setDates(next)
    change(next)
  }
  const add = () => {
    const date = typed.current?.value
    if (typed.current && date && !dates.includes(date)) {
      set([...dates, date].sort())
      typed.current.value = ''
    }
    typed.current?.focus()
  }
  const years = [...new Set(dates.map((date) => date.slice(0, 4)))]
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <TextInput
          {...input}
          ref={typed}
          type="date"
          error={errors.holidays}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
          {t('Add the date')}
        </Button>
      </Group>
      {years.map((year) => (
        <Input.Wrapper key={year} label={year}>
          <Group gap={6}>
            {dates
              .filter((date) => date.startsWith(year))
              .map((date) => (
                <Pill
                  key={date}
                  size="md"
                  withRemoveButton
                  removeButtonProps={{
                    'aria-label': t('Take {{date}} away', { date: dayText(date) }),
                    tabIndex: 0,
                    'aria-hidden': false,
                  }}
                  onRemove={() => set(dates.filter((other) => other !== date))}
                >
                  {dayText(date)}
                </Pill>
              ))}
          </Group>
        </Input.Wrapper>
      ))}
      {dates.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('No holidays yet.')}
        </Text>
      )}
    </Stack>
  )
}

const dayText = (date: string) => timeText(`${date}T12:00:00Z`, 'UTC', 'date')
