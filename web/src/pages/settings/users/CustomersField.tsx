import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { whileLooking } from '@/ui/whileLooking'

interface CustomersFieldProps {
  path: string
  /** The ids of those that are chosen. */
  chosen: string[]
  change: (ids: string[]) => void
  error: ReactNode
}

/** Chooses customer records, found by a part of the name or the reference. */
export function CustomersField({ path, chosen, change, error }: CustomersFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const names = useQueries({
    queries: chosen.map((id) =>
      $api.queryOptions('get', '/api/v1/customers/{id}', { params: { path: { id } } }),
    ),
    combine: (results) => results.flatMap(({ data }) => (data ? [data] : [])),
  })
  const found = $api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search: search || undefined, limit: 20 } } },
    { placeholderData: keepPreviousData },
  )
  const isOld = found.isPlaceholderData || text.trim() !== search
  const known = new Map([...names, ...(found.data?.items ?? [])].map(({ id, name }) => [id, name]))
  for (const id of chosen) if (!known.has(id)) known.set(id, id)
  return (
    <MultiSelect
      label={t('Customer records')}
      description={t('Those that they see as their own.')}
      data-path={path}
      error={error}
      searchable
      hidePickedOptions
      searchValue={text}
      onSearchChange={setText}
      nothingFoundMessage={isOld ? undefined : t('Nothing found')}
      value={chosen}
      onChange={change}
      filter={whileLooking(isOld)}
      data={[...known].map(([value, label]) => ({ value, label }))}
    />
  )
}
