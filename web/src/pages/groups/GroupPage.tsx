import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { Failure, Waiting } from '@/ui/states'
import { CalendarTab } from './calendar/CalendarTab'
import { CallsTab } from './calls/CallsTab'
import { GroupSettings } from './GroupSettings'
import type { Group } from './group'
import { MessagesTab, useNewMessages } from './inbox/MessagesTab'
import { useMayChange } from './rights'
import { RosterTab } from './roster/RosterTab'
import { type GroupTab, TABS } from './routes'
import { StatisticsTab } from './statistics/StatisticsTab'
import { SwapsTab, useAwaiting } from './swaps/SwapsTab'
import { WhoAnswers } from './WhoAnswers'

const route = getRouteApi('/frame/groups/$id')

/** What is for those alone who lead groups. */
const LEADING: GroupTab[] = ['messages', 'calendar']

/** All about one group. */
export function GroupPage() {
  const { id } = route.useParams()
  const query = $api.useQuery('get', '/api/v1/groups/{id}', { params: { path: { id } } })
  const again = () => query.refetch()
  if (query.data) return <Known key={id} group={query.data} again={again} />
  if (query.error) return <Failure error={query.error} again={() => void again()} />
  return <Waiting />
}

interface KnownProps {
  group: Group
  /** Reads it again. */
  again: () => Promise<{ data?: Group }>
}

function Known({ group, again }: KnownProps) {
  const { t } = useTranslation()
  const mayLead = useMayChange()
  const search = route.useSearch()
  const news = useNewMessages(group.id, mayLead)
  const awaiting = useAwaiting(group)
  const offered = TABS.filter((name) => mayLead || !LEADING.includes(name))
  const tab = offered.find((name) => name === search.tab) ?? 'roster'
  const navigate = route.useNavigate()
  const sections: { [Tab in GroupTab]: [string, () => ReactNode] } = {
    roster: [t('Roster'), () => <RosterTab group={group} />],
    who: [t('Who answers?'), () => <WhoAnswers group={group} />],
    swaps: [
      awaiting > 0 ? t('Swaps ({{awaiting}})', { awaiting }) : t('Swaps'),
      () => <SwapsTab group={group} />,
    ],
    messages: [
      news ? t('Messages ({{news}})', { news }) : t('Messages'),
      () => <MessagesTab group={group.id} />,
    ],
    calls: [t('Calls'), () => <CallsTab group={group} />],
    statistics: [t('Statistics'), () => <StatisticsTab group={group} />],
    calendar: [t('Calendar'), () => <CalendarTab group={group} />],
    settings: [t('Settings'), () => <GroupSettings group={group} again={again} />],
  }
  const choose = (name: GroupTab) =>
    void navigate({
      search: (search) => ({ ...search, tab: name === 'roster' ? undefined : name }),
      replace: true,
    })
  return (
    <Page title={group.name}>
      <ScrollingTabs
        label={t('About the group')}
        tabs={offered.map((name) => ({ name, title: sections[name][0] }))}
        value={tab}
        choose={choose}
      >
        {sections[tab][1]()}
      </ScrollingTabs>
    </Page>
  )
}
