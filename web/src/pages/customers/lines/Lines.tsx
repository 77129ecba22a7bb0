import { TextInput } from '@mantine/core'
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
  const { number } = route.useSearch()
  const navigate = route.useNavigate()
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { number: text.trim() || undefined }, replace: true }),
    200,
  )
  const lines = $api.useInfiniteQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number, limit: 50 } } },
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
      <TextInput
        aria-label={t('Search lines')}
        placeholder={t('A part of the number')}
        leftSection={<IconSearch size={16} />}
        defaultValue={number}
        onChange={(event) => look(event.currentTarget.value)}
        maw={360}
      />
      <List
        label={t('Lines')}
        columns={columns.toSpliced(1, 0, customer)}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no lines yet.'),
          action: mayChange && <OpenLine />,
          isFiltered: Boolean(number),
        }}
        {...listed(lines)}
      />
    </Page>
  )
}
