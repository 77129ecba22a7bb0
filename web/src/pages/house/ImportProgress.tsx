import { Group, Loader, Text } from '@mantine/core'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'

/** How far the import of a file is that is being read. */
export function ImportProgress({ name }: { name: string }) {
  const { t } = useTranslation()
  const newest = $api.useQuery(
    'get',
    '/api/v1/imports',
    { params: { query: { limit: 1 } } },
    { refetchInterval: 1000, staleTime: 0 },
  ).data?.items[0]
  const { rows } = (newest?.summary ?? {}) as { rows?: number }
  const isThis = newest?.name === name && !newest.finished_at && rows
  return (
    <Group gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text size="sm">
        {isThis
          ? t('{{count}} rows so far', {
              count: rows,
              defaultValue_one: '{{count}} row so far',
              defaultValue_other: '{{count}} rows so far',
            })
          : t('The file is on its way.')}
      </Text>
    </Group>
  )
}
