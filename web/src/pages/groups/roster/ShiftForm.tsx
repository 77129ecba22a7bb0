import {
  Button,
  Chip,
  Collapse,
  Group,
  Input,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DAYS } from '@/pages/prices/document'
import { dayName } from '@/pages/prices/words'
import { Form } from '@/ui/Form'
import type { Shift } from '../group'
import { AgentSelect } from './AgentSelect'
import { HoursField } from './HoursField'
import { bodyOf, type ShiftValues } from './shiftValues'

interface ShiftFormProps {
  /** The id of the group. */
  group: string
  /** The group's zone. */
  zone: string
  /** The one that is changed; a new one is made without. */
  shift?: Shift
  /** What it is, or what it has been dragged to. */
  wanted: ShiftValues
  close: () => void
}

/** Makes a weekly shift, or changes one. */
export function ShiftForm({ group, zone, shift, wanted, close }: ShiftFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(shift?.version ?? 0)
  const form = useForm<ShiftValues>({
    mode: 'controlled',
    initialValues: wanted,
    validate: { agent: (agent) => (agent ? undefined : t('Who?')) },
  })
  const send = (values: ShiftValues, version?: number) => {
    const body = bodyOf(values)
    if (!shift)
      return fetchClient.POST('/api/v1/groups/{id}/shifts', {
        params: { path: { id: group }, header: key },
        body,
      })
    const params = { path: { id: shift.id }, header: ifVersion(version ?? read) as { 'If-Match': string } }
    return fetchClient.PUT('/api/v1/shifts/{id}', { params, body })
  }
  const leave = () => {
    close()
    void changed('groups')
  }
  return (
    <Form
      form={form}
      send={send}
      done={leave}
      reload={leave}
      cancel={close}
      submit={shift ? t('Save') : t('Make the shift')}
    >
      <AgentSelect
        label={t('Agent')}
        data-autofocus={!wanted.agent || undefined}
        {...form.getInputProps('agent')}
      />
      <DaysField {...form.getInputProps('days')} />
      <HoursField {...form.getInputProps('hours')} />
      <Seldom form={form} zone={zone} />
    </Form>
  )
}

interface DaysFieldProps {
  value?: string[]
  onChange?: (days: string[]) => void
  error?: string
  'data-path'?: string
}

function DaysField({ value, onChange, error, ...props }: DaysFieldProps) {
  const { t } = useTranslation()
  return (
    <Input.Wrapper label={t('Begins on')} labelElement="div" required error={error}>
      <Group gap={6} mt={4} role="group" aria-label={t('Begins on')}>
        <Chip.Group multiple value={value} onChange={onChange}>
          {DAYS.slice(0, 7).map((day, at) => (
            <Chip key={day} value={String(at)} size="xs" {...(at === 0 ? props : {})}>
              {dayName(day)}
            </Chip>
          ))}
        </Chip.Group>
      </Group>
    </Input.Wrapper>
  )
}

/** What most shifts leave as it is. */
function Seldom({ form, zone }: { form: UseFormReturnType<ShiftValues>; zone: string }) {
  const { t } = useTranslation()
  const { every_weeks, from, until, time_zone, priority } = form.getValues()
  const isUsual = Number(every_weeks) === 1 && !from && !until && !time_zone && Number(priority) === 1
  const [isOpen, { toggle }] = useDisclosure(!isUsual)
  return (
    <Stack gap="xs">
      <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={isOpen} w="max-content">
        {t('Order, dates, every other week, zone')}
      </Button>
      <Collapse expanded={isOpen}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
          <NumberInput
            label={t('Priority')}
            description={t('The lowest is rung first.')}
            min={1}
            allowDecimal={false}
            {...form.getInputProps('priority')}
          />
          <NumberInput
            label={t('Every how many weeks')}
            description={t('Counted from the first date.')}
            min={1}
            max={52}
            allowDecimal={false}
            {...form.getInputProps('every_weeks')}
          />
          <TextInput type="date" label={t('First date')} {...form.getInputProps('from')} />
          <TextInput type="date" label={t('Last date')} {...form.getInputProps('until')} />
          <Select
            label={t('Time zone')}
            description={t('Of its hours, where it is not the group’s.')}
            placeholder={zone}
            data={Intl.supportedValuesOf('timeZone')}
            searchable
            clearable
            limit={50}
            {...form.getInputProps('time_zone')}
          />
        </SimpleGrid>
      </Collapse>
    </Stack>
  )
}
