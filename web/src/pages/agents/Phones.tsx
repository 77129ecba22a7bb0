import { Anchor, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { $api, type Schema } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useMayChange } from '@/pages/groups/rights'
import { useSession } from '@/session'
import type { Agent } from './agent'

type Check = Schema<'PhoneCheckDocument'>

/** An agent's phones, and whether those outside are known to be its own. */
export function Phones({ agent: { id, phones } }: { agent: Agent }) {
  const checks = $api.useQuery('get', '/api/v1/agents/{id}/phone-checks', { params: { path: { id } } })
  if (phones.length === 0) return '–'
  return phones.map((phone) => (
    <Group key={phone} gap={8}>
      <span className="figures">{phone}</span>
      <Standing agent={id} check={checks.data?.items.find(({ number }) => number === phone)} />
    </Group>
  ))
}

function Standing({ agent, check }: { agent: string; check: Check | undefined }) {
  const { t } = useTranslation()
  const { time_zone: here } = useSession().tenant
  const mayAsk = useMayChange()
  const changed = useChanged()
  const ask = $api.useMutation('post', '/api/v1/agents/{id}/phone-checks', {
    onSuccess: () => {
      notifications.show({ message: t('The phone is asked by SMS; whoever has it answers YES.') })
      void changed('agents')
    },
    onError: (error) => notifications.show({ color: 'red', message: error.detail }),
  })
  if (!check) return null
  const { number, asked_at, confirmed_at } = check
  if (confirmed_at)
    return (
      <Text span size="sm" c="green">
        {t('confirmed')}
      </Text>
    )
  return (
    <>
      {asked_at && (
        <Text span size="sm" c="dimmed">
          {t('asked at {{at}}', { at: timeText(asked_at, here) })}
        </Text>
      )}
      {mayAsk && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          aria-label={t('Ask by SMS: {{number}}', { number })}
          onClick={() => ask.mutate({ params: { path: { id: agent } }, body: { number } })}
        >
          {t('Ask by SMS')}
        </Anchor>
      )}
    </>
  )
}
