import { Anchor, Button, Group, Loader } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { useFormats } from './formats'

type Import = Schema<'ImportDocument'>

/** All files that were imported, the newest first. */
export function Imports() {
  const { t } = useTranslation()
  const mayImport = useSession().is('owner', 'admin', 'clerk')
  const imports = $api.useInfiniteQuery(
    'get',
    '/api/v1/imports',
    { params: { query: { limit: 50 } } },
    {
      ...PAGES,
      // While one goes on, what has come of it so far.
      refetchInterval: ({ state }) =>
        state.data?.pages[0]?.items.some(({ finished_at }) => !finished_at) ? 3000 : false,
    },
  )
  const button = mayImport && (
    <Button component={Link} to="/imports/new" leftSection={<IconUpload size={16} />}>
      {t('Import a file')}
    </Button>
  )
  return (
    <Page title={t('Imports')} actions={button}>
      <List
        label={t('Imports')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('No file was imported yet.'), action: button }}
        {...listed(imports)}
      />
    </Page>
  )
}

function useColumns(): Column<Import>[] {
  const { t } = useTranslation()
  const formats = useFormats()
  const figure = (key: string, title: string): Column<Import> => ({
    key,
    title,
    cell: ({ summary }) => String((summary as Record<string, unknown>)[key] ?? '–'),
    isFigure: true,
  })
  return [
    {
      key: 'name',
      title: t('File'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/imports/${id}`}>
          {name}
        </Anchor>
      ),
    },
    {
      key: 'kind',
      title: t('Kind'),
      cell: ({ kind }) => formats.find(({ value }) => value === kind)?.label ?? kind,
    },
    figure('rows', t('Rows')),
    figure('duplicates', t('On record before')),
    figure('rejected', t('Rejected')),
    {
      key: 'started',
      title: t('Began'),
      cell: ({ started_at }) => <Time at={started_at} />,
      isFigure: true,
    },
    {
      key: 'finished',
      title: t('Ended'),
      cell: ({ finished_at }) => (finished_at ? <Time at={finished_at} /> : <Unfinished />),
      isFigure: true,
    },
  ]
}

/** An import that goes on, or was broken off. */
export function Unfinished() {
  const { t } = useTranslation()
  return (
    <Group gap={6} wrap="nowrap" display="inline-flex">
      <Loader size={14} aria-hidden />
      {t('not yet')}
    </Group>
  )
}
