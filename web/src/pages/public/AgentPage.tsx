import { Anchor, Button, Card, Container, Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { IconPhone } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { languagesText } from '@/pages/agents/languages'
import { Price } from '@/pages/portal/Price'
import { SignedIn } from '@/session'
import { PresenceMark } from '@/ui/PresenceMark'
import { Failure, Waiting } from '@/ui/states'
import { CallAsCustomer } from './CallAsCustomer'

const route = getRouteApi('/call/$agent')

/** How often it is asked whether the agent is there: who is not signed in is told nothing by itself. */
const AGAIN = 20_000

export type PublicAgent = Schema<'PublicAgent'>

/** An agent's page for everybody: who it is, whether it is there, what a call costs, and the way to call it. */
export function AgentPage() {
  const { t } = useTranslation()
  const { agent: id } = route.useParams()
  const agent = $api.useQuery(
    'get',
    '/api/v1/public/agents/{id}',
    { params: { path: { id } } },
    { retry: false, refetchInterval: AGAIN },
  )
  useDocumentTitle(agent.data ? `${agent.data.name} · ${agent.data.tenant}` : 'Tollgate')
  const isUnknown = agent.error instanceof Refusal && agent.error.status === 404
  return (
    <Container component="main" size={480} py="xl">
      {isUnknown && (
        <Title order={1} size="h3" ta="center">
          {t('There is nobody with a page here.')}
        </Title>
      )}
      {agent.error && !isUnknown && <Failure error={agent.error} again={() => agent.refetch()} />}
      {agent.isPending && <Waiting />}
      {agent.data && <About agent={agent.data} />}
    </Container>
  )
}

function About({ agent }: { agent: PublicAgent }) {
  const session = $api.useQuery('get', '/api/v1/session', {}, { staleTime: 60_000, retry: false })
  return (
    <Stack gap="md">
      <Group gap="xs">
        <img src="/icon.svg" alt="" width={24} height={24} />
        <Text fw={650}>{agent.tenant}</Text>
      </Group>
      <Card withBorder padding="lg">
        <Stack gap="sm">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Title order={1} size="h2">
              {agent.name}
            </Title>
            <PresenceMark presence={agent.presence} />
          </Group>
          {agent.about && <Text style={{ whiteSpace: 'pre-line' }}>{agent.about}</Text>}
          <Text size="sm" c="dimmed">
            {languagesText(agent.languages)}
          </Text>
          {session.data ? (
            <SignedIn>
              <CallAsCustomer agent={agent} />
            </SignedIn>
          ) : (
            !session.isPending && <SignInToCall agent={agent} />
          )}
        </Stack>
      </Card>
    </Stack>
  )
}

/** What calls cost, in each currency. */
export function Prices({ prices }: Pick<PublicAgent, 'prices'>) {
  return prices.map((price) => <Price key={price.currency} rate={price} currency={price.currency} />)
}

function SignInToCall({ agent }: { agent: PublicAgent }) {
  const { t } = useTranslation()
  return (
    <>
      <Prices prices={agent.prices} />
      <Button
        component="a"
        href={`/sign-in?next=${encodeURIComponent(`/call/${agent.id}`)}`}
        size="md"
        leftSection={<IconPhone size={18} />}
      >
        {t('Sign in to call')}
      </Button>
      <Text size="sm" c="dimmed">
        {t('Calls are made in the browser: you need a microphone, or you write.')}{' '}
        <Anchor href="/">{t('My account')}</Anchor>
      </Text>
    </>
  )
}
