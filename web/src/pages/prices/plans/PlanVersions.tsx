import { Badge, Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { planOf } from '../document'
import { changesBetween } from './changes'
import { useDecks } from './decks'

type Version = Schema<'PlanVersionDocument'>

/** The versions of a plan, the latest first, each with what changed. */
export function PlanVersions({ id, inForce }: { id: string; inForce: string | undefined }) {
  const { t } = useTranslation()
  const versions = $api.useQuery('get', '/api/v1/plans/{id}/versions', { params: { path: { id } } })
  if (versions.error) return <Failure error={versions.error} again={() => void versions.refetch()} />
  const items = versions.data?.items ?? []
  return (
    <Card withBorder component="section" aria-labelledby="versions">
      <Title order={2} size="h4" id="versions" mb="sm">
        {t('Versions')}
      </Title>
      <Stack gap="md" component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {items.toReversed().map((version) => (
          <OneVersion
            key={version.id}
            version={version}
            before={items.find(({ number }) => number === version.number - 1)}
            isInForce={version.id === inForce}
          />
        ))}
      </Stack>
    </Card>
  )
}

interface OneVersionProps {
  version: Version
  before: Version | undefined
  isInForce: boolean
}

function OneVersion({ version, before, isInForce }: OneVersionProps) {
  const { t } = useTranslation()
  const isToCome = Date.parse(version.effective_at) > Date.now()
  return (
    <li>
      <Group gap="xs">
        <Text fw={600}>{t('Version {{number}}', { number: version.number })}</Text>
        {isInForce && (
          <Badge variant="light" color="green" radius="sm">
            {t('in force')}
          </Badge>
        )}
        {isToCome && (
          <Badge variant="light" color="yellow" radius="sm">
            {t('to come')}
          </Badge>
        )}
        <Text size="sm" c="dimmed">
          {before ? (
            <>
              {t('from')} <Time at={version.effective_at} />
            </>
          ) : (
            t('from the beginning')
          )}
        </Text>
      </Group>
      {before && <Changes before={before} after={version} />}
    </li>
  )
}

function Changes({ before, after }: { before: Version; after: Version }) {
  const { t } = useTranslation()
  const { nameOf } = useDecks()
  const changes = changesBetween(planOf(before), planOf(after), nameOf)
  if (changes.length === 0) return <Text size="sm">{t('Nothing changed.')}</Text>
  return (
    <Table mt={4} verticalSpacing={4} fz="sm" layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('What')}</Table.Th>
          <Table.Th>{t('Before')}</Table.Th>
          <Table.Th>{t('After')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((change) => (
          <Table.Tr key={change.name}>
            <Table.Th scope="row" fw={500}>
              {change.name}
            </Table.Th>
            <Table.Td>{change.before}</Table.Td>
            <Table.Td>{change.after}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
