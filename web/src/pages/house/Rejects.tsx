import { Code, Stack, Text, Title } from '@mantine/core'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { List } from '@/ui/List'

/** The rows of a file that could not be used. */
export function Rejects({ rejects }: { rejects: Schema<'RejectDocument'>[] }) {
  const { t } = useTranslation()
  if (rejects.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Rejected rows')}
      </Title>
      <Text size="sm">
        {t(
          'Mend them in the file and import it again: what is on record already is passed over. A hundred are shown at most.',
        )}
      </Text>
      <List
        label={t('Rejected rows')}
        columns={[
          { key: 'line', title: t('Row'), cell: ({ line }) => line, isFigure: true, width: 70 },
          { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason },
          {
            key: 'row',
            title: t('What stands there'),
            cell: ({ row }) => <Code style={{ overflowWrap: 'anywhere' }}>{row}</Code>,
          },
        ]}
        rows={rejects}
        rowKey={({ line }) => String(line)}
        empty={{ title: '' }}
      />
    </Stack>
  )
}
