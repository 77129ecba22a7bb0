import { Autocomplete, Card, Skeleton, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { Refusal } from '@/api/problem'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useAgents } from '@/ui/names'

type Agent = { id: string; name: string }

/** How long a call from a line could last that begins now: to whom it called last, or to whom is chosen. */
export function TalkTime({ line }: { line: Schema<'LineDocument'> }) {
  const agents = useAgents().data
  const last = $api.useQuery('get', '/api/v1/lines/{id}/calls', {
    params: { path: { id: line.id }, query: { disposition: 'answered', limit: 1 } },
  })
  if (!agents || last.isPending) return <Skeleton height={86} />
  const [call] = last.data?.items ?? []
  const agent = agents.find(({ id }) => id === call?.agent)
  return <TalkTimeTo line={line} agents={agents} first={agent?.name ?? call?.to ?? agents[0]?.name ?? ''} />
}

interface TalkTimeToProps {
  line: Schema<'LineDocument'>
  agents: Agent[]
  /** To whom it is at first: an agent's name or a number. */
  first: string
}

function TalkTimeTo({ line, agents, first }: TalkTimeToProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(first)
  const [wanted] = useDebouncedValue(text.trim(), 300)
  const agent = agents.find(({ name }) => name === wanted)
  const talk = $api.useQuery(
    'get',
    '/api/v1/lines/{id}/talk-time',
    { params: { path: { id: line.id }, query: agent ? { agent: agent.id } : { to: wanted } } },
    { enabled: wanted !== '', retry: false },
  )
  const longest = useLongestCall()
  const words = useTalkWords(longest)
  const refusal: unknown = talk.error
  return (
    <Card withBorder padding="sm">
      <Text size="xs" c="dimmed">
        {t('Line {{number}} can talk for', { number: line.number })}
      </Text>
      <Text fz={20} fw={650} className="figures" aria-live="polite">
        {talk.data ? words(talk.data) : '–'}
      </Text>
      {talk.data && !talk.data.refusal && talk.data.seconds === null && (
        <Text size="xs" c="dimmed">
          {t('as long as any call may last')}
        </Text>
      )}
      <Autocomplete
        size="xs"
        mt={2}
        aria-label={t('To whom: an agent or a number')}
        placeholder={t('An agent or a number')}
        data={agents.map(({ name }) => name)}
        value={text}
        onChange={setText}
        error={refusal instanceof Refusal && refusal.message}
      />
    </Card>
  )
}

/** How long a call may last at all. */
function useLongestCall(): number | undefined {
  const settings = $api.useQuery('get', '/api/v1/tenant').data?.settings as
    | { charging?: { longest_call_seconds?: number } }
    | undefined
  return settings?.charging?.longest_call_seconds
}

function useTalkWords(longest: number | undefined) {
  const { t } = useTranslation()
  return ({ seconds, missing, refusal, price }: Schema<'TalkTimeDocument'>) => {
    if (refusal?.reason === 'insufficient_balance' && price)
      return t('{{amount}} is missing', { amount: amountText(missing, price.currency) })
    if (refusal) return t('Not at all')
    const granted = seconds ?? longest
    return granted === undefined ? t('No limit') : durationText(granted)
  }
}
