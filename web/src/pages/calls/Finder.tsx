import { Loader, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

export interface Option {
  value: string
  label: string
}

interface FinderProps {
  label: string
  placeholder: string
  /** Which record is chosen, and what it is called. */
  value: string | undefined
  name: string | undefined
  /** Names the search among others: what is found is kept under it. */
  about: string
  find: (search: string) => Promise<Option[]>
  pick: (value: string | undefined) => void
}

/** Chooses a record among those that a search finds. Nothing is asked before it is opened. */
export function Finder({ label, placeholder, value, name, about, find, pick }: FinderProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const [settled] = useDebouncedValue(search.trim(), 150)
  // What is chosen stands in the field: it is not searched for.
  const sought = settled === name ? '' : settled
  const found = useQuery({
    queryKey: ['find', about, sought],
    queryFn: () => find(sought),
    enabled: isOpen,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const options = found.data ?? []
  const chosen = value && !options.some((each) => each.value === value) ? [{ value, label: name ?? '…' }] : []
  return (
    <Select
      label={label}
      placeholder={placeholder}
      data={[...chosen, ...options]}
      value={value ?? null}
      onChange={(next) => pick(next ?? undefined)}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('Clear') }}
      onSearchChange={setSearch}
      filter={({ options: all }) => all}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      nothingFoundMessage={found.isFetching ? t('Loading') : t('Nothing found')}
      rightSection={isOpen && found.isFetching ? <Loader size={14} /> : undefined}
    />
  )
}
