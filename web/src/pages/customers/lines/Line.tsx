import { Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { useMayChange } from '../rights'
import { LINE_TABS } from '../routes'
import { SuspendedNotice } from '../SuspendedNotice'
import { CloseLine } from './CloseLine'
import { LineCalls } from './LineCalls'
import { LineFigures } from './LineFigures'
import { LineHistory } from './LineHistory'
import { LinePhones } from './LinePhones'
import { LinePlan } from './LinePlan'
import { LineRules } from './LineRules'
import { LineUsage } from './LineUsage'
import { LiftSuspensions, SuspendLine } from './Suspend'

type Tab = (typeof LINE_TABS)[number]

const route = getRouteApi('/frame/lines/$id')

/** All about one line. */
export function Line() {
  const { id } = route.useParams()
  const line = $api.useQuery('get', '/api/v1/lines/{id}', { params: { path: { id } } })
  const customer = $api.useQuery(
    'get',
    '/api/v1/customers/{id}',
    { params: { path: { id: line.data?.customer ?? '' } } },
    { enabled: line.data !== undefined },
  )
  if (line.data && customer.data) return <Known key={id} line={line.data} customer={customer.data} />
  const error = line.error ?? customer.error
  if (error) return <Failure error={error} again={() => void line.refetch()} />
  return <Waiting />
}

interface KnownProps {
  line: Schema<'LineDocument'>
  customer: Schema<'CustomerDocument'>
}

function Known({ line, customer }: KnownProps) {
  const { t } = useTranslation()
  const mayChange = useMayChange() && line.state !== 'closed'
  return (
    <Page
      title={t('Line {{number}}', { number: line.number })}
      mark={
        <>
          <StateBadge state={line.state} />
          <Text size="sm">
            <CustomerName id={line.customer} />
          </Text>
        </>
      }
      actions={
        mayChange && (
          <>
            <LiftSuspensions line={line} />
            <SuspendLine line={line} />
            <CloseLine line={line} />
          </>
        )
      }
    >
      <SuspendedNotice lines={[line]} customer={customer} />
      <LineFigures line={line} customer={customer} />
      <Sections line={line} customer={customer} />
    </Page>
  )
}

function Sections({ line, customer }: KnownProps) {
  const { t } = useTranslation()
  const { tab = 'calls' } = route.useSearch()
  const navigate = route.useNavigate()
  const readsAudit = useSession().is('owner', 'admin', 'auditor')
  const sections: { [Name in Tab]: [string, () => ReactNode] } = {
    calls: [t('Calls'), () => <LineCalls id={line.id} />],
    plan: [t('Plan'), () => <LinePlan line={line} customer={customer} />],
    rules: [t('Blocking and forwarding'), () => <LineRules line={line} />],
    phone: [t('Phone'), () => <LinePhones line={line} />],
    usage: [t('Usage'), () => <LineUsage id={line.id} />],
    history: [t('Changes'), () => <LineHistory id={line.id} />],
  }
  const offered = LINE_TABS.filter((name) => name !== 'history' || readsAudit)
  return (
    <ScrollingTabs
      label={t('About the line')}
      tabs={offered.map((name) => ({ name, title: sections[name][0] }))}
      value={tab}
      choose={(name) => navigate({ search: { tab: name === 'calls' ? undefined : name }, replace: true })}
    >
      {sections[tab][1]()}
    </ScrollingTabs>
  )
}
