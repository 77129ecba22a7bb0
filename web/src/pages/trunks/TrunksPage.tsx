import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { InboundNumbers, NewInboundNumber } from './InboundNumbers'
import { useMayChange, useMayReadTrunks } from './rights'
import { TABS, type Tab } from './routes'
import { NewTrunkRoute, TrunkRoutes } from './TrunkRoutes'
import { NewTrunk, Trunks } from './Trunks'

const route = getRouteApi('/frame/trunks')

interface Section {
  title: string
  shown: ReactNode
  /** What is done there first. */
  action: ReactNode
}

/** How calls leave the house, and come in: trunks, which numbers go out on which of them, and where numbers from outside lead. */
export function TrunksPage() {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const offered = useMayReadTrunks() ? TABS : (['numbers'] as const)
  const { tab: asked } = route.useSearch()
  const navigate = route.useNavigate()
  const tab = offered.find((one) => one === asked) ?? offered[0]
  const sections: { [Name in Tab]: Section } = {
    trunks: { title: t('Trunks'), shown: <Trunks />, action: <NewTrunk /> },
    routes: { title: t('Routes'), shown: <TrunkRoutes />, action: <NewTrunkRoute /> },
    numbers: { title: t('Numbers from outside'), shown: <InboundNumbers />, action: <NewInboundNumber /> },
  }
  return (
    <Page title={t('Trunks and numbers')} actions={mayChange && sections[tab].action}>
      <ScrollingTabs
        label={t('Trunks and numbers')}
        tabs={offered.map((name) => ({ name, title: sections[name].title }))}
        value={tab}
        choose={(name) => void navigate({ search: { tab: name }, replace: true })}
      >
        {sections[tab].shown}
      </ScrollingTabs>
    </Page>
  )
}
