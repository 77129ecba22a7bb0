import { Anchor, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { NewCustomer } from './NewCustomer'
import { useMayChange } from './rights'

type Customer = Schema<'ListedCustomer'>

const route = getRouteApi('/frame/customers')

/** All customers, found by name, number, e-mail address or reference. */
export function Customers() {
  const { t } = useTranslation()
  const { search } = route.useSearch()
  const navigate = route.useNavigate()
  const mayChange = useMayChange()
  const look = useDebouncedCallback(
    (text: string) => navigate({ search: { search: text || undefined }, replace: true }),
    200,
  )
  const customers = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Customer>[] = [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/customers/${id}`}>
          {name}
        </Anchor>
      ),
    },
    {
      key: 'mode',
      title: t('Pays'),
      cell: ({ mode }) => (mode === 'prepaid' ? t('in advance') : t('by invoice')),
    },
    {
      key: 'reference',
      title: t('Reference'),
      cell: ({ external_reference }) => external_reference ?? '–',
      onCard: 'never',
    },
    {
      key: 'balance',
      title: t('Balance'),
      cell: ({ balance, currency }) => <Money amount={balance} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} /> },
    {
      key: 'since',
      title: t('Since'),
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
      isFigure: true,
      onCard: 'never',
    },
  ]
  return (
    <Page title={t('Customers')} actions={mayChange && <NewCustomer anchor="new" />}>
      <TextInput
        aria-label={t('Search customers')}
        placeholder={t('Name, number, e-mail or reference')}
        leftSection={<IconSearch size={16} />}
        defaultValue={search}
        onChange={(event) => look(event.currentTarget.value)}
        maw={360}
      />
      <List
        label={t('Customers')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no customers yet.'),
          action: mayChange && <NewCustomer />,
          isFiltered: Boolean(search),
        }}
        {...listed(customers)}
      />
    </Page>
  )
}
