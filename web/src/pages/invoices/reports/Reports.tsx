import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { Balances } from './Balances'
import { Months } from './Months'
import { Revenue } from './Revenue'
import { Usage } from './Usage'

const route = getRouteApi('/frame/reports')

const SHOWN = { balances: Balances, revenue: Revenue, usage: Usage, months: Months }

/** What an accountant asks for at the end of a month. */
export function Reports() {
  const { t } = useTranslation()
  const { tab = 'balances' } = route.useSearch()
  const navigate = route.useNavigate()
  const Shown = SHOWN[tab]
  return (
    <Page title={t('Reports')}>
      <ScrollingTabs
        label={t('Reports')}
        tabs={[
          { name: 'balances', title: t('Balances') },
          { name: 'revenue', title: t('Revenue') },
          { name: 'usage', title: t('Usage') },
          { name: 'months', title: t('Months and journal') },
        ]}
        value={tab}
        choose={(name) => void navigate({ search: (before) => ({ ...before, tab: name }), replace: true })}
      >
        <Shown />
      </ScrollingTabs>
    </Page>
  )
}
