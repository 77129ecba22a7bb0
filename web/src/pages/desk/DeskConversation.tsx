import { Anchor } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { Thread } from '@/pages/messages/Thread'
import { Page } from '@/ui/Page'

const route = getRouteApi('/frame/desk/conversations/$id')

/** What a customer writes to the agent whose desk it is. */
export function DeskConversation() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  return (
    <Page
      title={t('Conversation')}
      actions={
        <Anchor component={Link} to="/desk" size="sm">
          <IconArrowLeft size={14} aria-hidden /> {t('My desk')}
        </Anchor>
      }
    >
      <Thread conversation={id} me="agent" height="calc(100dvh - 190px)" />
    </Page>
  )
}
