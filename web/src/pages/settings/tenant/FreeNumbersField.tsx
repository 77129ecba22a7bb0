import { ActionIcon, Box, Button, Group, Input, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconPlus, IconTrash } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from '@/i18n'
import type { FreeNumber } from './document'
import { type FieldProps, useField } from './fields'
import { useSettings } from './SectionForm'

interface FreeNumbersFieldProps extends FieldProps {
  /** Whether each of them needs a target. */
  needTarget: boolean
}

/** Numbers that are free to call, each with where calls to it go. */
export function FreeNumbersField(props: FreeNumbersFieldProps) {
  const { key, value, change } = useField(props)
  return <Rows key={key} {...props} value={value as (string | FreeNumber)[]} change={change} />
}

interface RowsProps extends FreeNumbersFieldProps {
  value: (string | FreeNumber)[]
  change: (numbers: (string | FreeNumber)[]) => void
}

interface Numbered extends FreeNumber {
  id: number
}

function Rows({ at, label, help, needTarget, value, change }: RowsProps) {
  const { t } = useTranslation()
  const title = useId()
  const { errors } = useSettings()
  const [rows, setRows] = useState<Numbered[]>(() =>
    value.map((entry, id) =>
      typeof entry === 'string' ? { id, number: entry, target: null } : { ...entry, id },
    ),
  )
  const set = (next: Numbered[]) => {
    setRows(next)
    change(next.map(({ number, target }) => (target || needTarget ? { number, target } : number)))
  }
  const nextId = Math.max(-1, ...rows.map(({ id }) => id)) + 1
  return (
    <Box role="group" aria-labelledby={title}>
      <Input.Label id={title} component="div">
        {label}
      </Input.Label>
      {help && <Input.Description>{help}</Input.Description>}
      <Stack gap="xs" mt={6}>
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            needTarget={needTarget}
            set={(next) => set(rows.map((other) => (other.id === row.id ? next : other)))}
            remove={() => set(rows.filter(({ id }) => id !== row.id))}
          />
        ))}
        {errors[at] && (
          <Text size="sm" c="red" role="alert">
            {errors[at]}
          </Text>
        )}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} />}
            data-path={at}
            onClick={() => set([...rows, { id: nextId, number: '', target: null }])}
          >
            {t('Add a number')}
          </Button>
        </Group>
      </Stack>
    </Box>
  )
}

interface RowProps {
  row: Numbered
  needTarget: boolean
  set: (row: Numbered) => void
  remove: () => void
}

function Row({ row, needTarget, set, remove }: RowProps) {
  const { t } = useTranslation()
  return (
    <Stack gap={4}>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <TextInput
          label={t('Number')}
          inputMode="tel"
          defaultValue={row.number}
          onChange={(event) => set({ ...row, number: event.currentTarget.value.trim() })}
          flex="1 1 120px"
          miw={0}
        />
        <TextInput
          label={t('Calls go to')}
          inputMode="tel"
          defaultValue={row.target ?? ''}
          placeholder={needTarget ? undefined : t('none')}
          onChange={(event) => set({ ...row, target: event.currentTarget.value.trim() || null })}
          flex="2 1 160px"
          miw={0}
        />
        <ActionIcon
          variant="default"
          size="input-sm"
          onClick={remove}
          aria-label={t('Take {{number}} away', { number: row.number })}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      {needTarget && !row.target && (
        <Group gap={6} c="red" wrap="nowrap">
          <IconAlertTriangle size={16} aria-hidden />
          <Text size="sm">{t('Nobody answers here: say where calls go.')}</Text>
        </Group>
      )}
    </Stack>
  )
}
