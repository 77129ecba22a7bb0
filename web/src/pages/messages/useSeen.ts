import { useDocumentVisibility } from '@mantine/hooks'
import { useEffect } from 'react'
import { fetchClient } from '@/api/client'
import type { Conversation, Message, Onlooker } from './sides'

/**
 * Tells the server how far one has read: what is on the screen is read; what came to a page that is in the background is delivered. Hints
 * of it have lists and counts fetched again, the other one's as well.
 */
export function useSeen(conversation: Conversation, newestFirst: Message[] | undefined, me: Onlooker) {
  const isVisible = useDocumentVisibility() === 'visible'
  const theirs = newestFirst?.filter(({ sender }) => sender !== me) ?? []
  const unread =
    me === 'staff' ? undefined : theirs.find(({ state }) => state === 'stored' || state === 'delivered')
  const arrived = me === 'staff' ? [] : theirs.filter(({ state }) => state === 'stored').map(({ id }) => id)
  const upTo = isVisible ? unread?.id : undefined
  const delivered = isVisible ? '' : arrived.join(' ')
  useEffect(() => {
    if (!upTo) return
    // Where it fails, the next look at the conversation tells it.
    fetchClient
      .PUT('/api/v1/conversations/{id}/read', {
        params: { path: { id: conversation.id } },
        body: { up_to: upTo },
      })
      .catch(() => undefined)
  }, [conversation.id, upTo])
  useEffect(() => {
    for (const id of delivered.split(' ').filter(Boolean)) {
      fetchClient.PUT('/api/v1/messages/{id}/delivered', { params: { path: { id } } }).catch(() => undefined)
    }
  }, [delivered])
}
