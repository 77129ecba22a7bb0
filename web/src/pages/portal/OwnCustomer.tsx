// Whose account the portal shows: some people own several.
import { Select } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/states'

const KEPT_AS = 'tollgate.portal.customer'

function useChosen(): [string | undefined, (id: string) => void] {
  const { customers } = useSession()
  const [chosen, choose] = useLocalStorage({ key: KEPT_AS, getInitialValueInEffect: false })
  return [chosen && customers.includes(chosen) ? chosen : customers[0], choose]
}

interface OwnPageProps {
  title: string
  actions?: ReactNode
  /** What is shown of the customer. */
  children: (customer: string) => ReactNode
}

/** A page about the customer record that is the user's own, or the one of them that is chosen. */
export function OwnPage({ title, actions, children }: OwnPageProps) {
  const { t } = useTranslation()
  const [customer] = useChosen()
  return (
    <Page
      title={title}
      actions={
        <>
          <Chooser />
          {actions}
        </>
      }
    >
      {customer ? children(customer) : <Empty title={t('There is no customer account of yours here.')} />}
    </Page>
  )
}

function Chooser() {
  const { t } = useTranslation()
  const { customers } = useSession()
  const [customer, choose] = useChosen()
  const names = useQueries({
    queries: (customers.length > 1 ? customers : []).map((id) =>
      $api.queryOptions('get', '/api/v1/customers/{id}', { params: { path: { id } } }),
    ),
  })
  if (customers.length < 2) return null
  return (
    <Select
      size="xs"
      aria-label={t('Account')}
      data={customers.map((id, place) => ({ value: id, label: names[place]?.data?.name ?? id }))}
      value={customer}
      onChange={(id) => id && choose(id)}
      allowDeselect={false}
    />
  )
}
