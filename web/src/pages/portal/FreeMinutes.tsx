import { Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { durationText, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useCallable } from './agents'

type Allowance = Schema<'AllowanceDocument'>

/** The free minutes that a customer has, those that end first before the others. */
export function FreeMinutes({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const allowances = $api.useQuery('get', '/api/v1/customers/{id}/allowances', {
    params: { path: { id: customer } },
  })
  const agents = useCallable(customer)
  const left = (allowances.data?.items ?? []).filter(isThere)
  if (left.length === 0) return null
  const nameOf = (agent: string | null | undefined) => agents.data?.find(({ id }) => id === agent)?.name
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Free minutes')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {left.map((allowance) => (
          <Grant
            key={allowance.id}
            allowance={allowance}
            agent={allowance.agent ? (nameOf(allowance.agent) ?? t('one agent')) : t('any agent')}
          />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function isThere({ granted_seconds, used_seconds, expires_at, revoked_at }: Allowance): boolean {
  const isOver = Boolean(expires_at) && Date.parse(expires_at ?? '') < Date.now()
  return !revoked_at && !isOver && used_seconds < granted_seconds
}

function Grant({ allowance, agent }: { allowance: Allowance; agent: string }) {
  const { t } = useTranslation()
  const { granted_seconds, used_seconds, expires_at, reason } = allowance
  const left = granted_seconds - used_seconds
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" gap="xs">
        <Text fw={650} fz="lg" className="figures">
          {durationText(left)}
        </Text>
        <Text size="sm">{t('to {{agent}}', { agent })}</Text>
      </Group>
      <Progress
        value={(left / granted_seconds) * 100}
        my="xs"
        aria-label={t('{{left}} of {{all}} are left', {
          left: durationText(left),
          all: durationText(granted_seconds),
        })}
      />
      <Text size="sm" c="dimmed">
        {reason}
        {expires_at && (
          <>
            {' · '}
            {t('until')} <Time at={expires_at} style="date" />
          </>
        )}
      </Text>
    </Card>
  )
}
