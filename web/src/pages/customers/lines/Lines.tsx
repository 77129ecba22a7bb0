import { Group, Switch, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { useMayChange } from '../rights'
import { useLineColumns } from './columns'
import { OpenLine } from './OpenLine'

const route = getRouteApi('/frame/lines')

/** All lines, found by number. */
export function Lines() {
  const { t } = useTranslation()
  const { number, suspended } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = (change: { number?: string; suspended?: true }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const look = useDebouncedCallback((text: string) => filter({ number: text.trim() || undefined }), 200)
  const lines = $api.useInfiniteQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number, suspended, limit: 50 } } },
    PAGES,
  )
  const columns = useLineColumns()
  const customer: Column<Schema<'LineDocument'>> = {
    key: 'customer',
    title: t('Customer'),
    cell: (line) => <CustomerName id={line.customer} />,
  }
  const mayChange = useMayChange()
  return (
    <Page title={t('Lines')} actions={mayChange && <OpenLine anchor="new" />}>
      <Group gap="sm">
        <TextInput
          aria-label={t('Search lines')}
          placeholder={t('A part of the number')}
          leftSection={<IconSearch size={16} />}
          defaultValue={number}
          onChange={(event) => look(event.currentTarget.value)}
          w={360}
          maw="100%"
        />
        <Switch
          label={t('Suspended only')}
          checked={suspended ?? false}
          onChange={(event) => filter({ suspended: event.currentTarget.checked || undefined })}
        />
      </Group>
      <List
        label={t('Lines')}
        columns={columns.toSpliced(1, 0, customer)}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no lines yet.'),
          action: mayChange && <OpenLine />,
          isFiltered: Boolean(number || suspended),
        }}
        {...listed(lines)}
      />
    </Page>
  )
}
