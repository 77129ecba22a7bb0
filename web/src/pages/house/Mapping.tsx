import { Checkbox, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/i18n'
import { FIELDS, type Field } from './columns'
import type { Options } from './importOptions'

/** Says which column of a file holds what. */
export function Mapping({ form }: { form: UseFormReturnType<Options> }) {
  const { t } = useTranslation()
  const { header, columns, hasNames } = form.values
  const fields = useFields()
  if (header.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Choose the file: then you say which of its columns holds what.')}
      </Text>
    )
  const choices = [
    { value: '', label: t('not in the file') },
    ...header.map((name, column) => ({
      value: String(column),
      label: hasNames && name ? name : `${column + 1}: ${name}`,
    })),
  ]
  const choose = (field: Field, column: string) => {
    const { [field]: _, ...others } = columns
    form.setFieldValue('columns', column === '' ? others : { ...others, [field]: Number(column) })
  }
  return (
    <Stack gap="sm" role="group" aria-label={t('Which column holds what')}>
      <Checkbox
        label={t('The first line names the columns')}
        {...form.getInputProps('hasNames', { type: 'checkbox' })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {FIELDS.map((field) => (
          <NativeSelect
            key={field}
            label={fields[field].label}
            description={fields[field].description}
            data={choices}
            value={String(columns[field] ?? '')}
            onChange={(event) => choose(field, event.currentTarget.value)}
          />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function useFields(): Record<Field, { label: string; description: string }> {
  const { t } = useTranslation()
  return {
    origin: { label: t('Origin'), description: t('The call’s id at its switch') },
    from: { label: t('From'), description: t('Pays, where neither account nor line is known') },
    to: { label: t('To'), description: t('Needed') },
    account: { label: t('Account code'), description: t('Who pays') },
    line: { label: t('Line'), description: t('Who pays, by its number') },
    started_at: { label: t('Began'), description: t('Local, with offset, or seconds since 1970') },
    answered_at: { label: t('Answered'), description: t('Local, with offset, or seconds since 1970') },
    ended_at: { label: t('Ended'), description: t('It or the duration is needed') },
    duration_seconds: { label: t('Duration in seconds'), description: t('From answer to end') },
    disposition: { label: t('Disposition'), description: t('answered, busy, no_answer …') },
  }
}
