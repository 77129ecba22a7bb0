import { Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { fetchClient } from '@/api/client'
import { dayAfter, dayOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { useAgents, useName } from '@/ui/names'
import { Finder } from './Finder'
import { type CallFilters, DISPOSITIONS } from './narrowing'
import { useDispositions } from './words'

interface FiltersProps {
  filters: CallFilters
  narrow: (changed: CallFilters) => void
}

/** What the history is narrowed down by. */
export function Filters({ filters, narrow }: FiltersProps) {
  const { t } = useTranslation()
  const words = useDispositions()
  const agents = useAgents()
  return (
    <Stack gap="xs" component="search" aria-label={t('Filters')}>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="xs" verticalSpacing="xs">
        <Day label={t('Ended from')} value={filters.from} pick={(from) => narrow({ from })} />
        <Day label={t('Ended until')} value={filters.to} pick={(to) => narrow({ to })} />
        <CustomerFilter value={filters.customer} pick={(customer) => narrow({ customer, line: undefined })} />
        <LineFilter value={filters.line} customer={filters.customer} pick={(line) => narrow({ line })} />
        <Select
          label={t('Agent')}
          placeholder={t('all')}
          data={agents.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={filters.agent ?? null}
          onChange={(agent) => narrow({ agent: agent ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('Clear') }}
          nothingFoundMessage={t('Nothing found')}
        />
        <Select
          label={t('Disposition')}
          placeholder={t('all')}
          data={DISPOSITIONS.map((value) => ({ value, label: words[value] ?? value }))}
          value={filters.disposition ?? null}
          onChange={(disposition) => narrow({ disposition: disposition ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('Clear') }}
        />
      </SimpleGrid>
      <Periods filters={filters} narrow={narrow} />
    </Stack>
  )
}

/** A day that may be left open. While its year is being typed it is not a day yet. */
function Day(props: { label: string; value: string | undefined; pick: (day: string | undefined) => void }) {
  const { label, value = '', pick } = props
  const [draft, setDraft] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setDraft(value)
  }
  const change = (day: string) => {
    setDraft(day)
    if (day === '' || day >= '1970') pick(day || undefined)
  }
  return (
    <TextInput
      type="date"
      label={label}
      value={draft}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}

function CustomerFilter({ value, pick }: { value?: string; pick: (value?: string) => void }) {
  const { t } = useTranslation()
  const find = async (search: string) => {
    const query = { search: search || undefined, limit: 20 }
    const { data } = await fetchClient.GET('/api/v1/customers', { params: { query } })
    return (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  }
  return (
    <Finder
      label={t('Customer')}
      placeholder={t('all')}
      value={value}
      name={useName(value)}
      about="customers"
      find={find}
      pick={pick}
    />
  )
}

/** A line of the customer that is chosen, or the one with a number. */
function LineFilter(props: { value?: string; customer?: string; pick: (value?: string) => void }) {
  const { value, customer, pick } = props
  const { t } = useTranslation()
  const ofCustomer = async (id: string) => {
    const { data } = await fetchClient.GET('/api/v1/customers/{id}/lines', { params: { path: { id } } })
    return data?.items ?? []
  }
  const withNumber = async (number: string) => {
    if (number === '') return []
    const { data } = await fetchClient.GET('/api/v1/lines', { params: { query: { number } } })
    return data?.items ?? []
  }
  const find = async (search: string) => {
    const lines = customer ? await ofCustomer(customer) : await withNumber(search)
    return lines
      .filter(({ number }) => number.includes(search))
      .map(({ id, number }) => ({ value: id, label: number }))
  }
  return (
    <Finder
      label={t('Line')}
      placeholder={customer ? t('all') : t('Number')}
      value={value}
      name={useName(value)}
      about={`lines of ${customer ?? 'all'}`}
      find={find}
      pick={pick}
    />
  )
}

/** Periods that are asked for often, and a way back to all calls. */
function Periods({ filters, narrow }: FiltersProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const today = dayOf(new Date(), time_zone)
  const month = `${today.slice(0, 8)}01`
  const before = dayAfter(month, -1)
  const periods = [
    { name: t('Today'), from: today, to: today },
    { name: t('Yesterday'), from: dayAfter(today, -1), to: dayAfter(today, -1) },
    { name: t('7 days'), from: dayAfter(today, -6), to: today },
    { name: t('This month'), from: month, to: today },
    { name: t('Last month'), from: `${before.slice(0, 8)}01`, to: before },
  ]
  const nothing = {
    from: undefined,
    to: undefined,
    customer: undefined,
    line: undefined,
    agent: undefined,
    disposition: undefined,
  }
  const isAny = Object.values(filters).some(Boolean)
  return (
    <Group gap={6}>
      {periods.map(({ name, from, to }) => {
        const isOn = filters.from === from && filters.to === to
        return (
          <Button
            key={name}
            size="compact-sm"
            variant={isOn ? 'light' : 'default'}
            aria-pressed={isOn}
            onClick={() => narrow(isOn ? { from: undefined, to: undefined } : { from, to })}
          >
            {name}
          </Button>
        )
      })}
      {isAny && (
        <Button size="compact-sm" variant="subtle" onClick={() => narrow(nothing)}>
          {t('Clear filters')}
        </Button>
      )}
    </Group>
  )
}
