import { ActionIcon, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilter, IconX } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ActorName } from '@/ui/ActorName'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { useActions } from './actions'
import { Difference } from './Difference'
import { Subject } from './subject'

type Change = Schema<'ChangeDocument'>

const route = getRouteApi('/frame/audit')

/** Who changed what: before and after. */
export function Audit() {
  const { t } = useTranslation()
  const { subject } = route.useSearch()
  const changes = $api.useInfiniteQuery(
    'get',
    '/api/v1/audit',
    { params: { query: { subject, limit: 50 } } },
    PAGES,
  )
  return (
    <Page title={t('Audit')}>
      <SubjectFilter key={subject} />
      <List
        label={t('Changes')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('Nothing was changed yet.'), isFiltered: Boolean(subject) }}
        {...listed(changes)}
      />
    </Page>
  )
}

function SubjectFilter() {
  const { t } = useTranslation()
  const { subject } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = (id: string) => void navigate({ search: { subject: id.trim() || undefined }, replace: true })
  const look = useDebouncedCallback(filter, 400)
  return (
    <TextInput
      aria-label={t('Changes of the record with this id')}
      placeholder={t('Id of a record, such as cus_…')}
      leftSection={<IconFilter size={16} />}
      defaultValue={subject}
      onChange={(event) => look(event.currentTarget.value)}
      rightSection={
        subject && (
          <ActionIcon variant="subtle" onClick={() => filter('')} aria-label={t('Show all changes')}>
            <IconX size={16} />
          </ActionIcon>
        )
      }
      maw={360}
    />
  )
}

function useColumns(): Column<Change>[] {
  const { t } = useTranslation()
  const called = useActions()
  return [
    {
      key: 'what',
      title: t('What'),
      cell: ({ action, actor, at }) => (
        <Stack gap={0} py={6}>
          <Text size="sm" fw={600}>
            {called(action)}
          </Text>
          <Text size="sm" c="dimmed">
            <ActorName actor={actor} /> · <Time at={at} />
          </Text>
        </Stack>
      ),
      width: '28%',
    },
    {
      key: 'subject',
      title: t('Changed record'),
      cell: ({ subject }) => <SubjectCell subject={subject} />,
      width: '20%',
    },
    {
      key: 'difference',
      title: t('Before and after'),
      cell: ({ before, after }) => <Difference before={before} after={after} />,
    },
  ]
}

function SubjectCell({ subject }: { subject: string }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      <Subject id={subject} />
      <ActionIcon
        variant="subtle"
        size="sm"
        onClick={() => void navigate({ search: { subject } })}
        aria-label={t('Only changes of this record')}
        title={t('Only changes of this record')}
      >
        <IconFilter size={14} />
      </ActionIcon>
    </Group>
  )
}
