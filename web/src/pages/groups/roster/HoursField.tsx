import { Group, Input, TextInput } from '@mantine/core'
import type { FocusEvent, ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { clockTyped, minuteOf } from './week'

interface HoursFieldProps {
  /** As the API has them: `22:00-06:00`. */
  value?: string
  onChange?: (hours: string) => void
  error?: ReactNode
  'data-path'?: string
}

/** From when to when, on 24 hours. */
export function HoursField({ value = '', onChange, error, ...props }: HoursFieldProps) {
  const { t } = useTranslation()
  const [from = '', until = ''] = value.split('-')
  const set = (begins: string, ends: string) => onChange?.(`${begins}-${ends}`)
  const isOverMidnight = /^\d\d:\d\d$/.test(until) && minuteOf(until) <= minuteOf(from) && until !== '00:00'
  const field = { inputMode: 'numeric', placeholder: '19:30', required: true, error: Boolean(error) } as const
  const typed = (event: FocusEvent<HTMLInputElement>) => clockTyped(event.currentTarget.value)
  return (
    <Input.Wrapper
      error={error}
      description={isOverMidnight ? t('It ends on the next day.') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    >
      <Group grow gap="sm" mb={4}>
        <TextInput
          {...field}
          {...props}
          label={t('From')}
          value={from}
          onChange={(event) => set(event.currentTarget.value, until)}
          onBlur={(event) => set(typed(event), until)}
        />
        <TextInput
          {...field}
          label={t('Until')}
          value={until}
          onChange={(event) => set(from, event.currentTarget.value)}
          onBlur={(event) => set(from, typed(event))}
        />
      </Group>
    </Input.Wrapper>
  )
}
