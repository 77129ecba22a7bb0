import { Button, Group, Modal } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CreditForm } from '@/ui/CreditForm'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { type Column, List } from '@/ui/List'
import { useCreditKinds } from '@/ui/moneyWords'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { MoneySections } from './Payments'

type Credit = Schema<'CreditDocument'>

const route = getRouteApi('/frame/credits')

/** All credits, adjustments and refunds, the newest first. */
export function Credits() {
  const { t } = useTranslation()
  const { customer, record } = route.useSearch()
  const navigate = route.useNavigate()
  const mayRecord = useSession().is('owner', 'admin', 'clerk')
  const credits = $api.useInfiniteQuery(
    'get',
    '/api/v1/credits',
    { params: { query: { customer, limit: 50 } } },
    PAGES,
  )
  const close = () => void navigate({ search: { customer }, replace: true })
  const button = mayRecord && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => void navigate({ search: { customer, record: true } })}
    >
      {t('Record a credit')}
    </Button>
  )
  return (
    <Page title={t('Credits and adjustments')} actions={button}>
      <MoneySections customer={customer} />
      <Group>
        <CustomerSelect
          aria-label={t('Customer')}
          placeholder={t('Of any customer')}
          clearable
          value={customer ?? null}
          onChange={(id) => void navigate({ search: { customer: id ?? undefined }, replace: true })}
        />
      </Group>
      <List
        label={t('Credits and adjustments')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no credits or adjustments yet.'),
          isFiltered: Boolean(customer),
          action: button,
        }}
        {...listed(credits)}
      />
      <Modal
        opened={Boolean(record && mayRecord)}
        onClose={close}
        title={t('Record a credit')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <CreditForm customer={customer} close={close} />
      </Modal>
    </Page>
  )
}

function useColumns(): Column<Credit>[] {
  const { t } = useTranslation()
  const kinds = useCreditKinds()
  return [
    { key: 'made', title: t('Recorded'), cell: ({ created_at }) => <Time at={created_at} /> },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'kind', title: t('Kind'), cell: ({ kind }) => kinds[kind] ?? kind.replaceAll('_', ' ') },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
}
