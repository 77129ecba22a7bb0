import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { Failure, Waiting } from '@/ui/states'
import { GroupSettings } from './GroupSettings'
import type { Group } from './group'
import { RosterTab } from './roster/RosterTab'
import { type GroupTab, TABS } from './routes'
import { WhoAnswers } from './WhoAnswers'

const route = getRouteApi('/frame/groups/$id')

/** All about one group. */
export function GroupPage() {
  const { id } = route.useParams()
  const query = $api.useQuery('get', '/api/v1/groups/{id}', { params: { path: { id } } })
  const again = () => void query.refetch()
  if (query.data) return <Known key={id} group={query.data} again={again} />
  if (query.error) return <Failure error={query.error} again={again} />
  return <Waiting />
}

function Known({ group, again }: { group: Group; again: () => void }) {
  const { t } = useTranslation()
  const { tab = 'roster' } = route.useSearch()
  const navigate = route.useNavigate()
  const sections: { [Tab in GroupTab]: [string, () => ReactNode] } = {
    roster: [t('Roster'), () => <RosterTab group={group} />],
    who: [t('Who answers?'), () => <WhoAnswers group={group} />],
    settings: [t('Settings'), () => <GroupSettings key={group.version} group={group} again={again} />],
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
        tabs={TABS.map((name) => ({ name, title: sections[name][0] }))}
        value={tab}
        choose={choose}
      >
        {sections[tab][1]()}
      </ScrollingTabs>
    </Page>
  )
}
