import type { Schema } from '@/api/client'
import { isZero } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { RateForm } from './Rate'
import { Refund } from './Refund'
import { Rerate } from './Rerate'

type Explained = Schema<'ExplainedCall'>

/** Asks for one call: the calls of its line that ended in the very millisecond that it did. */
function thisAlone({ ended_at, line, customer }: Explained['call']) {
  const from = ended_at ?? ''
  return { from, to: new Date(Date.parse(from) + 1).toISOString(), line, customer }
}

/** What can be done about a call that is over. */
export function CallActions({ explained }: { explained: Explained }) {
  const { t } = useTranslation()
  const session = useSession()
  const { call, refunded } = explained
  const { price } = call
  const isClerk = session.is('owner', 'admin', 'clerk')
  const isLeft = price && !isZero(price.total) && price.total !== refunded
  const wasTalkedToAgent = call.agent && call.answered_at && call.ended_at
  return (
    <>
      {isClerk && isLeft && (
        <DialogButton variant="default" label={t('Refund')}>
          {(close) => <Refund explained={explained} close={close} />}
        </DialogButton>
      )}
      {isClerk && wasTalkedToAgent && (
        <DialogButton
          variant="default"
          label={call.rating ? t('Change the stars') : t('Give stars')}
          title={t('What the customer says')}
        >
          {(close) => <RateForm call={call} close={close} />}
        </DialogButton>
      )}
      {session.is('owner', 'admin') && price && call.ended_at && (
        <DialogButton variant="default" label={t('Re-rate')} title={t('Rate it again')}>
          {(close) => <Rerate request={thisAlone(call)} currency={price.currency} close={close} />}
        </DialogButton>
      )}
    </>
  )
}
