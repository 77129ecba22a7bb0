import { Group, Stack } from '@mantine/core'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { List } from '@/ui/List'
import { useLineColumns } from './lines/columns'
import { OpenLine } from './lines/OpenLine'
import { useMayChange } from './rights'

interface CustomerLinesProps {
  customer: Schema<'CustomerDocument'>
  lines: Schema<'LineDocument'>[] | undefined
}

/** A customer's lines. */
export function CustomerLines({ customer, lines }: CustomerLinesProps) {
  const { t } = useTranslation()
  const open = useMayChange() && <OpenLine customer={customer} />
  return (
    <Stack gap="md">
      {open && <Group justify="flex-end">{open}</Group>}
      <List
        label={t('Lines')}
        columns={useLineColumns()}
        rows={lines}
        rowKey={({ id }) => id}
        empty={{ title: t('There is no line yet.') }}
        expected={2}
      />
    </Stack>
  )
}
