import { Anchor, Button } from '@mantine/core'
import { IconPlus, IconUpload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { PresenceMark } from '@/ui/PresenceMark'
import { listed, PAGES } from '@/ui/pages'
import { type Agent, agentOf, percentText } from './agent'
import { NewAgent } from './NewAgent'
import { MessagePrices, Rates } from './RateText'

/** All agents: who takes calls, and what they cost. */
export function Agents() {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin')
  const query = $api.useInfiniteQuery('get', '/api/v1/agents', { params: { query: { limit: 50 } } }, PAGES)
  const { rows, ...list } = listed(query)
  const columns: Column<Agent>[] = [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/agents/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { key: 'presence', title: t('Takes calls'), cell: (agent) => <PresenceMark presence={agent.presence} /> },
    {
      key: 'number',
      title: t('Number'),
      cell: ({ number }) => <span className="figures">{number ?? '–'}</span>,
    },
    { key: 'rate', title: t('Rate'), cell: ({ prices }) => <Rates prices={prices} />, isFigure: true },
    {
      key: 'message',
      title: t('A message'),
      cell: ({ prices }) => <MessagePrices prices={prices} />,
      isFigure: true,
    },
    { key: 'share', title: t('Share'), cell: ({ share }) => percentText(share), isFigure: true },
  ]
  const add = (anchor?: string) =>
    mayChange && (
      <DialogButton label={t('New agent')} anchor={anchor} room="lg" leftSection={<IconPlus size={16} />}>
        {(close) => <NewAgent close={close} />}
      </DialogButton>
    )
  return (
    <Page
      title={t('Agents')}
      actions={
        mayChange && (
          <>
            <Button
              component={Link}
              to="/agents/import"
              variant="default"
              leftSection={<IconUpload size={16} />}
            >
              {t('From a file')}
            </Button>
            {add('new')}
          </>
        )
      }
    >
      <List
        label={t('Agents')}
        columns={columns}
        rows={rows?.map(agentOf)}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no agents yet.'), action: add() }}
        {...list}
      />
    </Page>
  )
}
