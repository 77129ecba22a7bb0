import { Card, Group, Mark, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import type { DeckEntry } from '../document'
import { entryText } from './entries'

const route = getRouteApi('/frame/decks/$id')

/** Which entry prices a number, and why. */
export function DeckSearch({ id, currency }: { id: string; currency: string }) {
  const { t } = useTranslation()
  const { number } = route.useSearch()
  const navigate = route.useNavigate()
  const look = useDebouncedCallback(
    (text: string) =>
      navigate({ search: (before) => ({ ...before, number: text.trim() || undefined }), replace: true }),
    200,
  )
  const found = $api.useQuery(
    'get',
    '/api/v1/decks/{id}/search',
    { params: { path: { id }, query: { number } } },
    { enabled: number !== undefined, placeholderData: keepPreviousData },
  )
  const entry = found.data?.entry as DeckEntry | null | undefined
  return (
    <Card withBorder component="section" aria-labelledby="search">
      <Title order={2} size="h4" id="search" mb="sm">
        {t('What prices a number?')}
      </Title>
      <Group align="center" gap="md">
        <TextInput
          aria-label={t('Number')}
          placeholder="+44 1632 960001"
          leftSection={<IconSearch size={16} />}
          defaultValue={number}
          onChange={(event) => look(event.currentTarget.value)}
          inputMode="tel"
          w={260}
        />
        <div aria-live="polite">
          {number && found.error && <Failure error={found.error} />}
          {number && entry && <Reason entry={entry} number={number} currency={currency} />}
          {number && found.data && !entry && (
            <Text size="sm">
              {t('No entry has a prefix of this number: the plan says what becomes of the call.')}
            </Text>
          )}
        </div>
      </Group>
    </Card>
  )
}

/** The entry that was found: the longest prefix of the number. */
function Reason({ entry, number, currency }: { entry: DeckEntry; number: string; currency: string }) {
  const { t } = useTranslation()
  const { prefix, destination } = entry
  const digits = number.replace(/\D/g, '')
  const rest = digits.includes(prefix) ? digits.slice(digits.indexOf(prefix) + prefix.length) : ''
  return (
    <Stack gap={2}>
      <Text fw={650}>{entryText(entry, currency)}</Text>
      <Text size="sm">
        <Mark className="figures">{prefix}</Mark>
        <span className="figures">{rest}</span>
        {destination && ` · ${destination}`}
      </Text>
      <Text size="sm" c="dimmed">
        {t('{{prefix}} is the longest prefix that this number begins with.', { prefix })}
      </Text>
    </Stack>
  )
}
