import { Anchor, Group, Text } from '@mantine/core'
import { getRouteApi, lazyRouteComponent } from '@tanstack/react-router'
import { type ReactNode, Suspense } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ScrollingTabs } from '@/ui/ScrollingTabs'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { CustomerFigures } from './CustomerFigures'
import { EditCustomer } from './EditCustomer'
import { CreditLimit, SpendLimit } from './Limits'
import { RecordPayment } from './RecordPayment'
import { useMayChange } from './rights'
import { CUSTOMER_TABS } from './routes'
import { SuspendedNotice } from './SuspendedNotice'
import { Timeline } from './timeline/Timeline'
import { VerifiedPhone } from './VerifiedPhone'

type Record = Schema<'CustomerDocument'>

const route = getRouteApi('/frame/customers/$id')

// What is behind a tab is fetched when it is chosen.
const Allowances = lazyRouteComponent(() => import('./Allowances'), 'Allowances')
const CustomerLines = lazyRouteComponent(() => import('./CustomerLines'), 'CustomerLines')
const Items = lazyRouteComponent(() => import('./Items'), 'Items')
const Ledger = lazyRouteComponent(() => import('./Ledger'), 'Ledger')
const Messages = lazyRouteComponent(() => import('./Messages'), 'Messages')
const Papers = lazyRouteComponent(() => import('./Papers'), 'Papers')
const Payments = lazyRouteComponent(() => import('./Payments'), 'Payments')

/** All about one customer. */
export function Customer() {
  const { id } = route.useParams()
  // All at once: none waits for another.
  const params = { path: { id } }
  const customer = $api.useQuery('get', '/api/v1/customers/{id}', { params })
  const balance = $api.useQuery('get', '/api/v1/customers/{id}/balance', { params })
  const lines = $api.useQuery('get', '/api/v1/customers/{id}/lines', { params })
  if (customer.data)
    return <Known key={id} customer={customer.data} balance={balance.data} lines={lines.data?.items} />
  if (customer.error) return <Failure error={customer.error} again={() => void customer.refetch()} />
  return <Waiting />
}

interface KnownProps {
  customer: Record
  balance: Schema<'BalanceDocument'> | undefined
  lines: Schema<'LineDocument'>[] | undefined
}

function Known({ customer, balance, lines }: KnownProps) {
  const mayChange = useMayChange()
  return (
    <Page
      title={customer.name}
      mark={<StateBadge state={stateOf(customer, lines ?? [])} />}
      actions={
        mayChange && (
          <>
            <RecordPayment customer={customer.id} />
            {customer.mode === 'postpaid' && balance && (
              <CreditLimit customer={customer} limit={balance.credit_limit} />
            )}
            <SpendLimit customer={customer} limit={customer.spend_per_day} />
            <VerifiedPhone customer={customer} />
            <EditCustomer customer={customer} />
          </>
        )
      }
    >
      <Contact customer={customer} />
      <SuspendedNotice lines={lines ?? []} customer={customer} />
      <CustomerFigures customer={customer} balance={balance} lines={lines ?? []} />
      <Sections customer={customer} lines={lines} />
    </Page>
  )
}

/** A customer whose lines are all suspended is suspended to whoever looks at it. */
function stateOf({ state }: Record, lines: Schema<'LineDocument'>[]): string {
  const open = lines.filter((line) => line.state !== 'closed')
  const isSuspended = open.length > 0 && open.every((line) => line.state === 'suspended')
  return state === 'active' && isSuspended ? 'suspended' : state
}

function Contact({ customer }: { customer: Record }) {
  const { t } = useTranslation()
  const { mode, email, phone, verified_phone, address, external_reference } = customer
  const { organisation, first_name, last_name } = customer
  const person = organisation ? [first_name, last_name].filter(Boolean).join(' ') : ''
  const { street, postal_code, city, country } = address
  const place = [street, [postal_code, city].filter(Boolean).join(' '), country].filter(Boolean).join(', ')
  return (
    <Group gap="4px 16px">
      <Text size="sm">{mode === 'prepaid' ? t('pays in advance') : t('pays by invoice')}</Text>
      {person && <Text size="sm">{person}</Text>}
      {email && (
        <Text size="sm">
          <Anchor href={`mailto:${email}`}>{email}</Anchor>
        </Text>
      )}
      {phone && <Text size="sm">{phone}</Text>}
      {verified_phone && <Text size="sm">{t('Verified phone {{phone}}', { phone: verified_phone })}</Text>}
      {place && (
        <Text size="sm" c="dimmed">
          {place}
        </Text>
      )}
      {external_reference && (
        <Text size="sm" c="dimmed">
          {t('Reference {{reference}}', { reference: external_reference })}
        </Text>
      )}
    </Group>
  )
}

function Sections({ customer, lines }: { customer: Record; lines: Schema<'LineDocument'>[] | undefined }) {
  const { t } = useTranslation()
  const { tab = 'timeline', show = [] } = route.useSearch()
  const navigate = route.useNavigate()
  const sections: { [Tab in (typeof CUSTOMER_TABS)[number]]: [string, () => ReactNode] } = {
    timeline: [
      t('Timeline'),
      () =>
        lines && (
          <Timeline
            customer={customer.id}
            lines={lines}
            show={show}
            choose={(chosen) =>
              navigate({ search: { show: chosen.length > 0 ? chosen : undefined }, replace: true })
            }
          />
        ),
    ],
    lines: [t('Lines'), () => <CustomerLines customer={customer} lines={lines} />],
    invoices: [t('Invoices'), () => <Papers customer={customer} />],
    payments: [t('Payments'), () => <Payments customer={customer} />],
    ledger: [t('Ledger'), () => <Ledger customer={customer} />],
    allowances: [t('Allowances'), () => <Allowances customer={customer} />],
    items: [t('Items'), () => <Items customer={customer} lines={lines ?? []} />],
    messages: [t('Messages'), () => <Messages customer={customer.id} />],
  }
  return (
    <ScrollingTabs
      label={t('About the customer')}
      // Items stand on invoices, which who pays in advance has none of.
      tabs={CUSTOMER_TABS.filter((name) => name !== 'items' || customer.mode === 'postpaid').map((name) => ({
        name,
        title: sections[name][0],
      }))}
      value={tab}
      choose={(name) => navigate({ search: { tab: name === 'timeline' ? undefined : name }, replace: true })}
    >
      <Suspense fallback={<Waiting />}>{sections[tab][1]()}</Suspense>
    </ScrollingTabs>
  )
}
