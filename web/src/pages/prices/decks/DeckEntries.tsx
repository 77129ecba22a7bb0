import { Card, Group, Select, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import type { DeckEntry } from '../document'
import { entryColumns } from './entries'

const route = getRouteApi('/frame/decks/$id')

interface DeckEntriesProps {
  id: string
  currency: string
  /** What is offered where there are none. */
  first: ReactNode
}

/** The entries of one of a deck's versions, page by page. */
export function DeckEntries({ id, currency, first }: DeckEntriesProps) {
  const { t } = useTranslation()
  const { prefix, version } = route.useSearch()
  const navigate = route.useNavigate()
  const begin = useDebouncedCallback(
    (text: string) =>
      navigate({
        search: (before) => ({ ...before, prefix: text.replace(/\D/g, '') || undefined }),
        replace: true,
      }),
    200,
  )
  const versions = $api.useQuery('get', '/api/v1/decks/{id}/versions', { params: { path: { id } } })
  const entries = $api.useInfiniteQuery(
    'get',
    '/api/v1/decks/{id}/entries',
    {
      params: { path: { id }, query: { prefix, version, limit: 25 } },
    },
    PAGES,
  )
  const { rows, ...list } = listed(entries)
  const known = rows as DeckEntry[] | undefined
  return (
    <Card withBorder component="section" aria-labelledby="entries">
      <Group justify="space-between" mb="sm" align="flex-end">
        <Title order={2} size="h4" id="entries">
          {t('Prices')}
        </Title>
        <Group gap="sm">
          <TextInput
            aria-label={t('Prefixes that begin with')}
            placeholder={t('Prefix begins with')}
            defaultValue={prefix}
            onChange={(event) => begin(event.currentTarget.value)}
            inputMode="numeric"
            w={170}
          />
          <Select
            aria-label={t('Version')}
            placeholder={t('in force now')}
            data={(versions.data?.items ?? []).map(({ number }) => ({
              value: String(number),
              label: t('Version {{number}}', { number }),
            }))}
            value={version ? String(version) : null}
            onChange={(value) =>
              navigate({
                search: (before) => ({ ...before, version: value ? Number(value) : undefined }),
                replace: true,
              })
            }
            clearable
            w={170}
          />
        </Group>
      </Group>
      <List
        label={t('Prices')}
        columns={entryColumns(currency, known)}
        rows={known}
        rowKey={({ prefix: digits }) => digits}
        empty={{ title: t('The rate deck has no prices yet.'), action: first, isFiltered: Boolean(prefix) }}
        {...list}
      />
    </Card>
  )
}
