import { Button, Group, Stack, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import type { Column } from '@/ui/List'

interface ReportProps {
  title: string
  file: string
  children: ReactNode
}

/** A report with its heading, and its file for spreadsheets. */
export function Report({ title, file, children }: ReportProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Button
          component="a"
          href={file}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          aria-label={t('Download CSV: {{title}}', { title })}
        >
          {t('Download CSV')}
        </Button>
      </Group>
      {children}
    </Stack>
  )
}

/** A column of amounts, each in the currency of its row. */
export function figure<Row extends { currency: string }>(
  key: string,
  title: string,
  amount: (row: Row) => string | null,
): Column<Row> {
  return {
    key,
    title,
    cell: (row) => {
      const shown = amount(row)
      return shown === null ? <span aria-hidden>–</span> : <Money amount={shown} currency={row.currency} />
    },
    isFigure: true,
  }
}
