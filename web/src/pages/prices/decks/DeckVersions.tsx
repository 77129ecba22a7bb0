import { Anchor, Badge, Card, Group, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { versionAt } from '../document'

type Version = Schema<'DeckVersionDocument'>

/** A deck's versions, the latest first. */
export function DeckVersions({ id }: { id: string }) {
  const { t } = useTranslation()
  const versions = $api.useQuery('get', '/api/v1/decks/{id}/versions', { params: { path: { id } } })
  const items = versions.data?.items
  if (items?.length === 0) return null
  const inForce = versionAt(items ?? [], new Date().toISOString())
  const columns: Column<Version>[] = [
    {
      key: 'number',
      title: t('Version'),
      cell: ({ number, id: version, effective_at }) => (
        <Group gap="xs">
          <Anchor component={Link} to={`/decks/${id}`} search={{ version: number } as never}>
            {t('Version {{number}}', { number })}
          </Anchor>
          {version === inForce?.id && (
            <Badge variant="light" color="green" radius="sm">
              {t('in force')}
            </Badge>
          )}
          {Date.parse(effective_at) > Date.now() && number > 1 && (
            <Badge variant="light" color="yellow" radius="sm">
              {t('to come')}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: 'from',
      title: t('From'),
      cell: ({ number, effective_at }) =>
        number === 1 ? t('from the beginning') : <Time at={effective_at} />,
      isFigure: true,
    },
    { key: 'prefixes', title: t('Prefixes'), cell: ({ prefixes }) => prefixes, isFigure: true },
    { key: 'made', title: t('Made'), cell: ({ created_at }) => <Time at={created_at} />, isFigure: true },
  ]
  return (
    <Card withBorder component="section" aria-labelledby="versions">
      <Title order={2} size="h4" id="versions" mb="sm">
        {t('Versions')}
      </Title>
      <List
        label={t('Versions')}
        columns={columns}
        rows={items?.toReversed()}
        rowKey={({ id: version }) => version}
        error={versions.error}
        again={() => void versions.refetch()}
        empty={{ title: '' }}
        expected={2}
      />
    </Card>
  )
}
