import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { whileLooking } from './whileLooking'

type CustomerSelectProps = Omit<SelectProps, 'data' | 'searchable' | 'filter' | 'onSearchChange'>

/** Chooses a customer, found by a part of the name, a number, the e-mail address or the reference. Its value is the customer's id. */
export function CustomerSelect({ value, defaultValue, onChange, ...props }: CustomerSelectProps) {
  const { t } = useTranslation()
  const [own, setOwn] = useState(defaultValue ?? null)
  const id = (value === undefined ? own : value) || null
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 150)
  const chosen = $api.useQuery(
    'get',
    '/api/v1/customers/{id}',
    { params: { path: { id: id ?? '' } } },
    { enabled: id !== null, staleTime: 600_000 },
  ).data
  const isLooking = search !== '' && search !== chosen?.name
  const found = $api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search: isLooking ? search : undefined, limit: 20 } } },
    { placeholderData: keepPreviousData },
  )
  const isOld = found.isPlaceholderData || text.trim() !== search
  const customers: Schema<'CustomerDocument'>[] = [...(found.data?.items ?? [])]
  if (id && chosen && !customers.some((customer) => customer.id === id)) customers.unshift(chosen)
  return (
    <Select
      placeholder={t('Name, number, e-mail or reference')}
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
      data={customers.map((customer) => ({ value: customer.id, label: customer.name }))}
    />
  )
}
