import type { Schema } from '@/api/client'
import type { Translate } from '@/i18n'

export type Conversation = Schema<'ConversationDocument'>
export type Message = Schema<'MessageDocument'>

/** The two who write to each other. */
export type Side = 'customer' | 'agent'

/** Who looks at a conversation: one of the two, or the staff, who read only. */
export type Onlooker = Side | 'staff'

/** What the other one is called. Agents are not told who their customers are, but can tell them apart. */
export function otherName(t: Translate, { agent_name, customer }: Conversation, me: Side): string {
  return me === 'customer' ? agent_name : t('Customer {{mark}}', { mark: customer.slice(-4).toUpperCase() })
}
