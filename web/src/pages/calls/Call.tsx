import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconHelpHexagon } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { CallRecordings } from '@/pages/recordings/CallRecordings'
import { useSession } from '@/session'
import { type Charge, Explanation } from '@/ui/Explanation'
import { Page } from '@/ui/Page'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { CallActions } from './CallActions'
import { Carried } from './Carried'
import { Entries } from './Entries'
import { Facts } from './Facts'
import { Ladder } from './Ladder'
import { useCallPlan } from './plan'
import { Stars } from './Rate'
import { Why } from './Unrated'

type Explained = Schema<'ExplainedCall'>

const route = getRouteApi('/frame/calls/$id')

/** A call: what happened, and how its price came about. */
export function Call() {
  const { id } = route.useParams()
  const call = $api.useQuery('get', '/api/v1/calls/{id}', { params: { path: { id } } })
  if (call.isPending) return <Waiting />
  if (!call.data) return <Failure error={call.error} again={() => void call.refetch()} />
  return <Opened explained={call.data} />
}

function Opened({ explained }: { explained: Explained }) {
  const { t } = useTranslation()
  const { call, entries, carried_by, margin } = explained
  const mayHear = useSession().is('owner', 'admin', 'clerk')
  const states: Record<string, string> = { rated: call.disposition ?? call.state, live: 'running' }
  return (
    <Page
      title={`${call.from} → ${call.to}`}
      mark={<StateBadge state={states[call.state] ?? call.state} />}
      actions={<CallActions explained={explained} />}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Stack gap="md">
          <Part title={t('Price')}>
            <Price explained={explained} />
          </Part>
          {carried_by && carried_by.length > 0 && (
            <Part title={t('What the trunks cost')}>
              <Carried legs={carried_by} margin={margin} currency={call.price?.currency} />
            </Part>
          )}
          <Part title={t('What happened')}>
            <Ladder explained={explained} />
          </Part>
        </Stack>
        <Stack gap="md">
          {call.rating && (
            <Part title={t('What the customer says')}>
              <Stars rating={call.rating} />
            </Part>
          )}
          {mayHear && call.recordings.length > 0 && (
            <Part title={t('What was recorded')}>
              <CallRecordings ids={call.recordings} />
            </Part>
          )}
          <Part title={t('The call')}>
            <Facts call={call} />
          </Part>
        </Stack>
      </SimpleGrid>
      {entries.length > 0 && (
        <Part title={t('Entries')}>
          <Entries entries={entries} />
        </Part>
      )}
    </Page>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  )
}

/** How the price came about; or why there is none. */
function Price({ explained: { call, charge, refunded } }: { explained: Explained }) {
  const { t } = useTranslation()
  const { price, state, unrated_reason } = call
  const plan = useCallPlan(call)
  if (state === 'unrated')
    return (
      <Alert color="red" icon={<IconHelpHexagon />} title={t('It waits for a price')}>
        <Why reason={unrated_reason} />
      </Alert>
    )
  if (!price) return <Text size="sm">{t('It has its price when it is over.')}</Text>
  return (
    <Stack gap="sm">
      {charge ? (
        <Explanation
          charge={charge as Charge}
          currency={price.currency}
          periods={plan?.periods}
          timeZone={plan?.timeZone}
        />
      ) : (
        <Unexplained source={price.source} total={price.total} currency={price.currency} />
      )}
      {refunded && !isZero(refunded) && (
        <Group justify="space-between">
          <Text size="sm">{t('Refunded of it')}</Text>
          <Money amount={refunded} currency={price.currency} />
        </Group>
      )}
    </Stack>
  )
}

/** A price without a charge: nothing had to price the call. */
function Unexplained({ source, total, currency }: { source: string; total: string; currency: string }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    same_conversation: t('Another record of the same conversation is charged.'),
    unanswered: t('It was not answered: there is nothing to charge.'),
  }
  return (
    <Group justify="space-between">
      <Text size="sm">{words[source] ?? source}</Text>
      <Money amount={total} currency={currency} />
    </Group>
  )
}
