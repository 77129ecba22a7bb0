import { Anchor, Group, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerName, useName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { Thread } from './Thread'

const route = getRouteApi('/frame/conversations/$id')

/** A conversation, for the staff: they read it, as far as they may, and write nothing. */
export function ConversationPage() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const mayRead = useSession().is('owner', 'admin')
  const query = { params: { path: { id } } }
  const conversation = $api.useQuery('get', '/api/v1/conversations/{id}', query).data
  const customer = useName(conversation?.customer)
  const title = conversation
    ? t('{{customer}} with {{agent}}', { customer: customer ?? '…', agent: conversation.agent_name })
    : t('Conversation')
  return (
    <Page title={title}>
      {conversation && (
        <Group gap="md">
          <Text size="sm">
            {t('Customer')}: <CustomerName id={conversation.customer} />
          </Text>
          <Text size="sm">
            {t('Agent')}:{' '}
            <Anchor component={Link} to={`/agents/${conversation.agent}`}>
              {conversation.agent_name}
            </Anchor>
          </Text>
        </Group>
      )}
      {!mayRead && (
        <Group gap={6} c="dimmed" wrap="nowrap">
          <IconLock size={16} aria-hidden />
          <Text size="sm">
            {t('The texts are shown to the two who write them, to owners and to admins only.')}
          </Text>
        </Group>
      )}
      <Thread conversation={id} me="staff" height="calc(100dvh - 230px)" />
    </Page>
  )
}
