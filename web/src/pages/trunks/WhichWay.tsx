import { Card, List, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import type { Trunk } from './trunk'
import type { TrunkRoute } from './trunkRoute'
import { digitsOf, waysOf } from './ways'

interface WhichWayProps {
  routes: TrunkRoute[]
  trunks: Trunk[]
}

/** Tells which way a number goes, and what is dialled there. */
export function WhichWay({ routes, trunks }: WhichWayProps) {
  const { t } = useTranslation()
  const [written, write] = useState('')
  const digits = digitsOf(written)
  const isUnclear = written.trim().length > 3 && digits === undefined
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
          error={isUnclear && t('With a plus sign and its country code, such as +44 20 7946 0018.')}
        />
        <div role="status">{digits && <Ways ways={waysOf(digits, routes, trunks)} />}</div>
      </Stack>
    </Card>
  )
}

function Ways({ ways }: { ways: ReturnType<typeof waysOf> }) {
  const { t } = useTranslation()
  if (ways.length === 0) return <Text size="sm">{t('No route leads there: the call fails.')}</Text>
  return (
    <>
      <List type="ordered" size="sm" spacing={4}>
        {ways.map(({ route, trunk, dialled }) => (
          <List.Item key={route.id}>
            {t('{{trunk}}, where {{number}} is dialled', { trunk: trunk.name, number: dialled })}
          </List.Item>
        ))}
      </List>
      <Text size="xs" c="dimmed" mt={6}>
        {t('A number that leads to a line or an agent of yours stays within.')}
      </Text>
    </>
  )
}
