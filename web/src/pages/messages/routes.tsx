import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** Whose conversations are shown: everybody's, where neither is given. */
interface Whose {
  customer?: string
  agent?: string
}

const conversationsRoute = createRoute({
  getParentRoute: () => frame,
  path: '/conversations',
  validateSearch: (search: Record<string, unknown>): Whose => ({
    customer: text(search.customer),
    agent: text(search.agent),
  }),
  component: lazyRouteComponent(() => import('./AllConversations'), 'AllConversations'),
})

const conversationRoute = createRoute({
  getParentRoute: () => frame,
  path: '/conversations/$id',
  component: lazyRouteComponent(() => import('./ConversationPage'), 'ConversationPage'),
})

/** The area's routes. */
export const messagesRoutes = [conversationsRoute, conversationRoute]
