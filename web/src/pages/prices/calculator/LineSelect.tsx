import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'

interface LineSelectProps {
  value: string | undefined
  change: (line: string | undefined) => void
}

/** Chooses a line, found by a part of its number. Its value is the line's id. */
export function LineSelect({ value, change }: LineSelectProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [number] = useDebouncedValue(text.trim(), 150)
  const chosen = $api.useQuery(
    'get',
    '/api/v1/lines/{id}',
    { params: { path: { id: value ?? '' } } },
    { enabled: value !== undefined },
  ).data
  const isLooking = number !== '' && number !== chosen?.number
  const found = $api.useQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number: isLooking ? number : undefined, limit: 20 } } },
    { placeholderData: keepPreviousData },
  ).data?.items
  const lines = [...(found ?? [])]
  if (chosen && !lines.some(({ id }) => id === chosen.id)) lines.unshift(chosen)
  return (
    <Select
      aria-label={t('Line')}
      placeholder={t('Number of the line')}
      nothingFoundMessage={t('Nothing found')}
      searchable
      value={value ?? null}
      onChange={(line) => change(line ?? undefined)}
      onSearchChange={setText}
      // The server has looked already.
      filter={({ options }) => options}
      data={lines.map((line) => ({ value: line.id, label: line.number }))}
    />
  )
}
