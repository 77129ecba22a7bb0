import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { whileLooking } from './whileLooking'

type LineSelectProps = Omit<SelectProps, 'data' | 'searchable' | 'filter' | 'onSearchChange'>

/** Chooses a line, found by a part of its number. Its value is the line's id. */
export function LineSelect({ value, defaultValue, onChange, ...props }: LineSelectProps) {
  const { t } = useTranslation()
  const [own, setOwn] = useState(defaultValue ?? null)
  const id = (value === undefined ? own : value) || null
  const [text, setText] = useState('')
  const [number] = useDebouncedValue(text.trim(), 150)
  const chosen = $api.useQuery(
    'get',
    '/api/v1/lines/{id}',
    { params: { path: { id: id ?? '' } } },
    { enabled: id !== null },
  ).data
  const isLooking = number !== '' && number !== chosen?.number
  const found = $api.useQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number: isLooking ? number : undefined, limit: 20 } } },
    { placeholderData: keepPreviousData },
  )
  const isOld = found.isPlaceholderData || text.trim() !== number
  const lines = [...(found.data?.items ?? [])]
  if (id && chosen && !lines.some((line) => line.id === id)) lines.unshift(chosen)
  return (
    <Select
      placeholder={t('Number of the line')}
      nothingFoundMessage={isOld ? undefined : t('Nothing found')}
      {...props}
      searchable
      value={id}
      onChange={(next, option) => {
        setOwn(next)
        onChange?.(next, option)
      }}
      onSearchChange={setText}
      filter={whileLooking(isOld)}
      data={lines.map((line) => ({ value: line.id, label: line.number }))}
    />
  )
}
