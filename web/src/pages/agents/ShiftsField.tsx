import { ActionIcon, Button, Group, Input, Stack, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'

export type ShiftsValues = Schema<'AvailabilityBody'>

interface FieldsProps {
  form: UseFormReturnType<ShiftsValues>
}

/** What an agent says of shifts: whether it is reminded of them, and on which dates it takes none. */
export function ShiftsField({ form }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Switch
        label={t('Reminders by mail')}
        description={t(
          'On the evening before a day with shifts, with all of them, and of each change after that.',
        )}
        key={form.key('reminders')}
        {...form.getInputProps('reminders', { type: 'checkbox' })}
      />
      <Switch
        label={t('Reminders by SMS')}
        description={t('The same, to the first of the phones that is a number of the world.')}
        key={form.key('sms_reminders')}
        {...form.getInputProps('sms_reminders', { type: 'checkbox' })}
      />
      <BlackoutsField form={form} />
    </>
  )
}

/** The dates on which it takes no shift. */
function BlackoutsField({ form }: FieldsProps) {
  const { t } = useTranslation()
  const [blackouts, setBlackouts] = useState(form.getValues().blackouts)
  const change = (next: typeof blackouts) => {
    setBlackouts(next)
    form.setFieldValue('blackouts', next)
  }
  const set = (at: number, dates: { from: string } | { to: string }) =>
    change(blackouts.map((each, place) => (place === at ? { ...each, ...dates } : each)))
  return (
    <Input.Wrapper
      label={t('Dates without shifts')}
      description={t('On these no call comes, whatever the roster says, and the roster has a gap.')}
      labelElement="div"
      error={form.errors.blackouts}
    >
      <Stack gap="xs" mt={4}>
        {blackouts.map(({ from, to }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: dates are known by their place
          <Group key={at} gap="xs" wrap="nowrap" align="flex-end" maw={420}>
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                type="date"
                flex={1}
                miw={0}
                label={end === 'from' ? t('From') : t('Last date')}
                data-path={`blackouts.${at}.${end}`}
                error={form.errors[`blackouts.${at}.${end}`]}
                value={end === 'from' ? from : to}
                onChange={({ currentTarget: { value } }) =>
                  set(at, end === 'from' ? { from: value } : { to: value })
                }
              />
            ))}
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('Remove the dates from {{from}}', { from })}
              onClick={() => change(blackouts.filter((_, place) => place !== at))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          w="max-content"
          leftSection={<IconPlus size={14} />}
          data-path="blackouts"
          onClick={() => change([...blackouts, { from: '', to: '' }])}
        >
          {t('Add dates')}
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}
