import { ActorName } from '@/ui/ActorName'
import { AgentName } from '@/ui/names'
import { CallRow } from './CallRow'
import { ChangeRow } from './ChangeRow'
import type { TimelineEvent } from './events'
import { CreditRow, PaperRow, PaymentRow, ReversalRow } from './MoneyRows'
import { LineRow, MessageRow } from './OtherRows'

interface TimelineRowProps {
  event: TimelineEvent
  /** The plans' names by their ids. */
  plans: Map<string, string>
}

/** Something that happened. */
export function TimelineRow({ event, plans }: TimelineRowProps) {
  const { at } = event
  switch (event.kind) {
    case 'calls':
      return (
        <CallRow call={event.call} at={at} agent={event.call.agent && <AgentName id={event.call.agent} />} />
      )
    case 'invoices':
      return <PaperRow paper={event.paper} at={at} />
    case 'payments':
      return <PaymentRow payment={event.payment} at={at} />
    case 'reversals':
      return <ReversalRow reversal={event.reversal} at={at} />
    case 'credits':
      return <CreditRow credit={event.credit} at={at} />
    case 'lines':
      return <LineRow moment={event.moment} at={at} plan={plans.get(event.moment.plan ?? '')} />
    case 'messages':
      return <MessageRow message={event.message} at={at} agent={event.agent} />
    case 'changes':
      return <ChangeRow change={event.change} at={at} actor={<ActorName actor={event.change.actor} />} />
  }
}
