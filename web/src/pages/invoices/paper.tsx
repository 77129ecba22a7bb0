import { Badge, Group } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Sections } from '@/ui/Sections'
import { StateBadge } from '@/ui/StateBadge'

export type Paper = Schema<'PaperDocument'>

/** What stands in the address of a paper of each kind. */
export type PaperPlace = 'invoices' | 'credit-notes' | 'receipts' | 'statements'

/** A paper by its id or number, whichever kind it is: they all answer alike. */
export function usePaper(place: PaperPlace, id: string) {
  return $api.useQuery(
    'get',
    `/api/v1/${place}/{id}` as '/api/v1/receipts/{id}',
    { params: { path: { id } } },
    // Its file and its page have addresses of their own.
    { select: (answer) => answer as Paper },
  )
}

/** Leads between the lists of papers; the customer stays. */
export function PaperSections({ customer }: { customer?: string }) {
  const { t } = useTranslation()
  return (
    <Sections
      label={t('Papers')}
      search={{ customer }}
      pages={[
        { to: '/invoices', title: t('Invoices') },
        { to: '/credit-notes', title: t('Credit notes') },
        { to: '/receipts', title: t('Receipts') },
        { to: '/statements', title: t('Statements') },
      ]}
    />
  )
}

/** How an invoice stands, and whether it should have been paid by now. */
export function InvoiceState({ state, overdue }: Pick<Paper, 'state' | 'overdue'>) {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      {!(overdue && state === 'issued') && <StateBadge state={state} />}
      {overdue && <StateBadge state="overdue" />}
    </Group>
  )
}

/** A mark of what is no state. */
export function Mark({ children }: { children: string }) {
  return (
    <Badge variant="default" radius="sm">
      {children}
    </Badge>
  )
}
