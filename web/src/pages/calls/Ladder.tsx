import { Text } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import classes from './calls.module.css'
import { type Rung, rungs } from './rungs'
import { useEvents } from './words'

type Explained = Schema<'ExplainedCall'>

/** What happened to a call, from the first to the last. */
export function Ladder({ explained }: { explained: Explained }) {
  const { call } = explained
  const session = $api.useQuery(
    'get',
    '/api/v1/charging/sessions/{id}',
    { params: { path: { id: call.id } } },
    { enabled: wasCharged(call), retry: false },
  )
  const ladder = rungs(explained, session.data)
  return (
    <ol className={classes.ladder}>
      {ladder.map((rung) => (
        <li key={`${rung.at} ${rung.event}`}>
          <Text size="sm">
            <Event rung={rung} />
            {rung.held && !isZero(rung.held) && session.data && (
              <Held amount={rung.held} currency={session.data.currency} />
            )}
          </Text>
          <Text size="xs" c="dimmed">
            <Time at={rung.at} style="exact" />
          </Text>
        </li>
      ))}
    </ol>
  )
}

/** Whether it was charged while it ran: it was on record before it ended. Others have no session. */
function wasCharged({ recorded_at, ended_at, ...call }: Explained['call']) {
  return !call.import && (!ended_at || recorded_at < ended_at)
}

function Event({ rung: { event, times } }: { rung: Rung }) {
  const events = useEvents()
  return (
    <Text span size="sm" fw={500}>
      {events[event] ?? event}
      {times > 1 && ` × ${times}`}
    </Text>
  )
}

function Held({ amount, currency }: { amount: string; currency: string }) {
  const { t } = useTranslation()
  return (
    <>
      {' · '}
      {t('held:')} <Money amount={amount} currency={currency} />
    </>
  )
}
