import { Button, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Failure } from '@/ui/states'
import type { Line } from './exchange'
import { type PhoneNow, phone } from './phone'

/** Chooses which line this phone is, and switches it on. */
export function LineChoice({ now }: { now: PhoneNow }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const { lines, isNarrowed, error } = useLines(search)
  const [picked, pick] = useState<Line | undefined>(now.line)
  const { agent } = useSession()
  // Who has one line has it chosen; one that is found among several is not.
  const isOnly = lines?.length === 1 && !isNarrowed
  const line = picked ?? (agent || isOnly ? lines?.[0] : undefined)
  if (error) return <Failure error={error} />
  if (lines?.length === 0 && !search && !picked)
    return <Text size="sm">{t('There is no line of yours for this phone.')}</Text>
  const choices = [
    ...new Map([...(line ? [line] : []), ...(lines ?? [])].map((one) => [one.id, one])).values(),
  ]
  return (
    <Stack gap="xs">
      <Select
        label={t('Line')}
        placeholder={t('Choose a line')}
        searchable
        selectFirstOptionOnChange
        onSearchChange={(text) => setSearch(text === line?.number ? '' : text)}
        data={choices.map(({ id, number }) => ({ value: id, label: number }))}
        value={line?.id ?? null}
        onChange={(id) => pick(choices.find((one) => one.id === id))}
        nothingFoundMessage={t('Nothing found')}
        allowDeselect={false}
        comboboxProps={{ position: 'top', withinPortal: true }}
      />
      <Button disabled={!line} onClick={() => line && phone.switchOn(line)}>
        {t('Switch the phone on')}
      </Button>
      <Text size="xs" c="dimmed">
        {t('Calls to this line ring here, in one tab, for as long as it is on.')}
      </Text>
    </Stack>
  )
}

/** The lines that can be this user's phone: a customer's own, an agent's phones, for the staff those that are looked for. */
function useLines(search: string): { lines: Line[] | undefined; isNarrowed: boolean; error: unknown } {
  const session = useSession()
  const [number] = useDebouncedValue(search.replace(/[^0-9+]/g, ''), 200)
  const isListed = session.is('owner', 'admin', 'clerk', 'customer')
  const query = { params: { query: { number: number || undefined, limit: 50 } } }
  const lines = $api.useQuery('get', '/api/v1/lines', query, {
    enabled: isListed,
    placeholderData: (kept) => kept,
  })
  const phones = useAgentPhones(session.agent)
  const own = lines.data?.items
    .filter(({ state }) => state !== 'closed')
    .map(({ id, number }) => ({ id, number }))
  return {
    lines: own || phones.data ? [...(phones.data ?? []), ...(own ?? [])] : undefined,
    isNarrowed: Boolean(number) || lines.isPlaceholderData,
    error: lines.error ?? phones.error,
  }
}

/** The lines of an agent's phones, the one first that callers reach. */
function useAgentPhones(agent: string | undefined) {
  const phones = $api.useQuery(
    'get',
    '/api/v1/agents/{id}/phones',
    { params: { path: { id: agent ?? '' } } },
    { enabled: Boolean(agent) },
  )
  return { data: phones.data?.items.map(({ line, number }) => ({ id: line, number })), error: phones.error }
}
