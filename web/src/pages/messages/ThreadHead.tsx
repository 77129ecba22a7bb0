import { Badge, Group, Title } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { $api, fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Conversation, otherName, type Side } from './sides'

interface ThreadHeadProps {
  conversation: Conversation
  me: Side
}

/** With whom one writes; and the way to hear from them no more. */
export function ThreadHead({ conversation, me }: ThreadHeadProps) {
  const { t } = useTranslation()
  const { isBlocked, change } = useBlock(conversation, me)
  const name = otherName(t, conversation, me)
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="sm">
        <Title order={2} size="h4">
          {name}
        </Title>
        {isBlocked && (
          <Badge variant="light" color="red" radius="sm" leftSection={<IconBan size={12} aria-hidden />}>
            {t('blocked by you')}
          </Badge>
        )}
      </Group>
      {isBlocked !== undefined && (
        <ConfirmButton
          variant="subtle"
          leftSection={isBlocked ? undefined : <IconBan size={16} />}
          label={isBlocked ? t('Lift the block') : t('Block')}
          warning={
            isBlocked
              ? t('{{name}} and you can call and write to each other again.', { name })
              : t('Calls and messages between {{name}} and you are refused from now on.', { name })
          }
          run={change}
        />
      )}
    </Group>
  )
}

/** Whether one has blocked the other; undefined until it is known. */
function useBlock({ customer, agent }: Conversation, me: Side) {
  const queries = useQueryClient()
  const isCustomer = me === 'customer'
  const query = { limit: 500 }
  const ofCustomer = { params: { path: { id: customer }, query } }
  const ofAgent = { params: { path: { id: agent }, query } }
  const byCustomer = $api.useQuery('get', '/api/v1/customers/{id}/blocks', ofCustomer, {
    enabled: isCustomer,
  })
  const byAgent = $api.useQuery('get', '/api/v1/agents/{id}/blocks', ofAgent, { enabled: !isCustomer })
  const blocks = (isCustomer ? byCustomer : byAgent).data?.items
  const isBlocked = blocks?.some((block) => block.customer === customer && block.agent === agent)
  const change = async () => {
    const byMe = { path: { id: customer, agent } }
    const ofMine = { path: { id: agent, customer } }
    if (isCustomer && isBlocked) {
      await fetchClient.DELETE('/api/v1/customers/{id}/blocks/{agent}', { params: byMe })
    } else if (isCustomer) {
      await fetchClient.PUT('/api/v1/customers/{id}/blocks/{agent}', { params: byMe, body: {} })
    } else if (isBlocked) {
      await fetchClient.DELETE('/api/v1/agents/{id}/blocks/{customer}', { params: ofMine })
    } else {
      await fetchClient.PUT('/api/v1/agents/{id}/blocks/{customer}', { params: ofMine, body: {} })
    }
    await queries.invalidateQueries({
      predicate: ({ queryKey }) => /\/(blocks|messages\/quote|agents)/.test(String(queryKey[1])),
    })
  }
  return { isBlocked, change }
}
