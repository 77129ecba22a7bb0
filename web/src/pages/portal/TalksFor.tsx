import { $api } from '@/api/client'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Line } from './Line'

/** How long the balance talks to the number that the customer's line called last; an agent's stands beside the agent. */
export function TalksFor({ customer }: { customer: string }) {
  const lines = $api.useQuery('get', '/api/v1/customers/{id}/lines', { params: { path: { id: customer } } })
  const line = lines.data?.items.find(({ state }) => state !== 'closed')
  return line && <ToLast line={line.id} />
}

function ToLast({ line }: { line: string }) {
  const { t } = useTranslation()
  const last = $api.useQuery('get', '/api/v1/lines/{id}/calls', {
    params: { path: { id: line }, query: { disposition: 'answered', limit: 1 } },
  })
  const call = last.data?.items[0]
  const to = call?.agent ? undefined : call?.to
  const talk = $api.useQuery(
    'get',
    '/api/v1/lines/{id}/talk-time',
    { params: { path: { id: line }, query: { to } } },
    { enabled: Boolean(to), retry: false },
  )
  if (!to || !talk.data) return null
  const { seconds, refusal } = talk.data
  return (
    <Line title={t('Talk time to {{number}}, called last', { number: to })}>
      {refusal ? t('not at all') : typeof seconds === 'number' ? durationText(seconds) : t('no limit')}
    </Line>
  )
}
