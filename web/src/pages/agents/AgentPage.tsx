import { Button, Grid, Stack } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { PresenceMark } from '@/ui/PresenceMark'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { Failure, Waiting } from '@/ui/states'
import { AgentCalls } from './AgentCalls'
import { AgentFacts } from './AgentFacts'
import { AgentFigures } from './AgentFigures'
import { type Agent, agentOf } from './agent'
import { BankAccount } from './BankAccount'
import { Blocks } from './Blocks'
import { Earnings } from './Earnings'
import { EditAgent } from './EditAgent'
import { PresenceControl } from './PresenceControl'
import type { AgentTab } from './routes'

const route = getRouteApi('/frame/agents/$id')

/** All about one agent. */
export function AgentPage() {
  const { id } = route.useParams()
  const query = $api.useQuery('get', '/api/v1/agents/{id}', { params: { path: { id } } })
  if (query.data) return <Known key={id} agent={agentOf(query.data)} />
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />
  return <Waiting />
}

function Known({ agent }: { agent: Agent }) {
  const { t } = useTranslation()
  const { is } = useSession()
  const seesMoney = is('owner', 'admin', 'clerk', 'auditor')
  return (
    <Page
      title={agent.name}
      mark={<PresenceMark presence={agent.presence} />}
      actions={
        <>
          {is('owner', 'admin', 'coordinator') && (
            <PresenceControl agent={agent.id} presence={agent.presence} />
          )}
          {agent.public && (
            <Button
              component="a"
              href={`/call/${agent.id}`}
              target="_blank"
              size="xs"
              variant="default"
              leftSection={<IconExternalLink size={16} />}
            >
              {t('Public page')}
            </Button>
          )}
          {is('owner', 'admin') && <EditAgent agent={agent} />}
        </>
      }
    >
      {seesMoney && <AgentFigures agent={agent.id} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 1, lg: 2 }}>
          <Stack gap="md">
            <AgentFacts agent={agent} />
            {seesMoney && <BankAccount agent={agent.id} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
          {seesMoney ? <Sections agent={agent.id} /> : <Blocks agent={agent.id} />}
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function Sections({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const { tab = 'calls' } = route.useSearch()
  const navigate = route.useNavigate()
  const sections: { [Tab in AgentTab]: [string, () => ReactNode] } = {
    calls: [t('Calls'), () => <AgentCalls agent={agent} />],
    earnings: [t('Earnings'), () => <Earnings agent={agent} />],
    blocks: [t('Blocked customers'), () => <Blocks agent={agent} />],
  }
  const names = Object.keys(sections) as AgentTab[]
  return (
    <Stack>
      <ScrollingTabs
        label={t('About the agent')}
        tabs={names.map((name) => ({ name, title: sections[name][0] }))}
        value={tab}
        choose={(name) => navigate({ search: { tab: name === 'calls' ? undefined : name }, replace: true })}
      >
        {sections[tab][1]()}
      </ScrollingTabs>
    </Stack>
  )
}
