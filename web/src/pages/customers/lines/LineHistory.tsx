import { Button, Group, Skeleton, Stack } from '@mantine/core'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ActorName } from '@/ui/ActorName'
import { listed, PAGES } from '@/ui/pages'
import { Empty, Failure } from '@/ui/states'
import { ChangeRow } from '../timeline/ChangeRow'

/** Who changed what about a line. */
export function LineHistory({ id }: { id: string }) {
  const { t } = useTranslation()
  const changes = $api.useInfiniteQuery(
    'get',
    '/api/v1/audit',
    { params: { query: { subject: id, limit: 50 } } },
    PAGES,
  )
  const { rows, error, again, more } = listed(changes)
  if (error && !rows) return <Failure error={error} again={again} />
  if (!rows) return <Skeleton height={160} />
  if (rows.length === 0) return <Empty title={t('Nothing was changed.')} />
  return (
    <Stack gap="sm">
      <Stack component="ol" gap={0} m={0} p={0} style={{ listStyle: 'none' }}>
        {rows.map((change) => (
          <ChangeRow
            key={change.id}
            change={change}
            at={change.at}
            style="moment"
            actor={<ActorName actor={change.actor} />}
          />
        ))}
      </Stack>
      {more && (
        <Group justify="center">
          <Button variant="default" size="xs" onClick={more.fetch} loading={more.isFetching}>
            {t('Show more')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
