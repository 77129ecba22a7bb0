import { Card, List, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'

/** Below that nobody has written a number yet. */
const SHORTEST = 4

/** Tells which way a number goes, and what is dialled there. */
export function WhichWay() {
  const { t } = useTranslation()
  const [written, write] = useState('')
  const [number] = useDebouncedValue(written.trim(), 300)
  const asked = $api.useQuery(
    'get',
    '/api/v1/trunk-routes/ways',
    { params: { query: { number } } },
    { enabled: number.length >= SHORTEST, retry: false },
  )
  const refusal: unknown = asked.error
  const isUnclear = refusal instanceof Refusal && refusal.status === 422
  return (
    <Card withBorder padding="md">
      <Stack gap="xs">
        <TextInput
          label={t('Which way does this number go?')}
          placeholder="+44 20 7946 0018"
          inputMode="tel"
          maw={320}
          value={written}
          onChange={(event) => write(event.currentTarget.value)}
          error={
            isUnclear
              ? t('With a plus sign and its country code, such as +44 20 7946 0018.')
              : refusal instanceof Refusal && refusal.message
          }
        />
        <div role="status">{asked.data && <Ways {...asked.data} />}</div>
      </Stack>
    </Card>
  )
}

function Ways({ ways }: Schema<'WaysDocument'>) {
  const { t } = useTranslation()
  if (ways.length === 0) return <Text size="sm">{t('No route leads there: the call fails.')}</Text>
  return (
    <>
      <List type="ordered" size="sm" spacing={4}>
        {ways.map(({ route, trunk_name, number_to_dial }) => (
          <List.Item key={route}>
            {t('{{trunk}}, where {{number}} is dialled', { trunk: trunk_name, number: number_to_dial })}
          </List.Item>
        ))}
      </List>
      <Text size="xs" c="dimmed" mt={6}>
        {t('A number that leads to a line or an agent of yours stays within.')}
      </Text>
    </>
  )
}
