// What the palette leads to.
import { useDebouncedValue } from '@mantine/hooks'
import { IconAddressBook, IconFileInvoice, IconPhone } from '@tabler/icons-react'
import { keepPreviousData } from '@tanstack/react-query'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ACTIONS, type Action, ELSEWHERE, PLACES } from './navigation'

/** How many of each kind are offered. */
const MOST = 6

export interface Entry extends Pick<Action, 'to' | 'search' | 'anchor' | 'icon'> {
  label: string
  description?: string
  /** The id of the customer whose it is. */
  owner?: string
}

export interface Group {
  title: string
  entries: Entry[]
}

/** What fits: pages and actions that begin with it come first, then what the server finds, then those that have it within. */
export function useGroups(query: string): { groups: Group[]; isLooking: boolean } {
  const { t } = useTranslation()
  const places = usePlaces(query)
  const { isLooking, ...found } = useFound(query)
  const pages = { title: t('Pages'), entries: places.pages }
  const actions = { title: t('Actions'), entries: places.actions }
  // The pages stand in the navigation, too.
  const ours = query === '' ? [actions, pages] : [pages, actions]
  const theirs: Group[] = [
    { title: t('Customers'), entries: found.customers },
    { title: t('Lines'), entries: found.lines },
    { title: t('Invoices'), entries: found.invoices },
  ]
  // What is called just so is meant.
  const isExact = ({ entries }: Group) => entries.some(({ label }) => label === query)
  theirs.sort((one, other) => Number(isExact(other)) - Number(isExact(one)))
  const groups = places.isBegun ? [...ours, ...theirs] : [...theirs, ...ours]
  return { groups: groups.filter(({ entries }) => entries.length > 0), isLooking }
}

const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())

/** The pages and actions with this in their name, those that begin with it first. */
function usePlaces(query: string) {
  const { t } = useTranslation()
  const session = useSession()
  const begins = ({ label }: Entry) => label.toLowerCase().startsWith(query.toLowerCase())
  const fitting = (places: Action[]): Entry[] => {
    const fit = places
      .filter(({ roles }) => session.is(...roles))
      .map((place) => ({ ...place, label: t(place.name) }))
      .filter(({ label }) => has(label, query))
    return [...fit.filter(begins), ...fit.filter((entry) => !begins(entry))]
  }
  const pages = fitting([...PLACES.flatMap(({ places }) => places), ...ELSEWHERE])
  const actions = fitting(ACTIONS)
  return { pages, actions, isBegun: [...pages, ...actions].some(begins) }
}

/**
 * The customers, lines and invoices that are found by this. Until the answer comes, those of the last one stay that fit by their name:
 * nothing flickers, and Enter leads nowhere else.
 */
function useFound(query: string) {
  const [search] = useDebouncedValue(query, 150)
  const isStaff = useSession().is('owner', 'admin', 'clerk', 'auditor')
  const isAsked = isStaff && search.length > 1
  const hasDigits = isAsked && /\d/.test(search)
  const customers = $api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search, limit: MOST } } },
    { enabled: isAsked, placeholderData: keepPreviousData },
  )
  const lines = $api.useQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number: search, limit: MOST } } },
    { enabled: hasDigits, placeholderData: keepPreviousData },
  )
  const invoice = $api.useQuery(
    'get',
    '/api/v1/invoices/{id}',
    { params: { path: { id: search } } },
    { enabled: hasDigits, retry: false },
  )
  const isStill = search === query
  const fitting = (entries: Entry[], isOld: boolean) =>
    isOld || !isStill ? entries.filter(({ label }) => has(label, query)) : entries
  return {
    isLooking: isStaff && query.length > 1 && (!isStill || customers.isFetching || lines.isFetching),
    customers: isAsked
      ? fitting(customers.data?.items.map(ofCustomer) ?? [], customers.isPlaceholderData)
      : [],
    lines: hasDigits ? fitting(lines.data?.items.map(ofLine) ?? [], lines.isPlaceholderData) : [],
    invoices: hasDigits && invoice.data ? fitting([ofInvoice(invoice.data as Paper)], false) : [],
  }
}

type Paper = Schema<'PaperDocument'>

const ofCustomer = ({ id, name, external_reference }: Schema<'ListedCustomer'>): Entry => ({
  to: `/customers/${id}`,
  label: name,
  description: external_reference ?? undefined,
  icon: IconAddressBook,
})

const ofLine = ({ id, number, customer }: Schema<'LineDocument'>): Entry => ({
  to: `/lines/${id}`,
  label: number,
  owner: customer,
  icon: IconPhone,
})

const ofInvoice = ({ id, number, customer }: Paper): Entry => ({
  to: `/invoices/${id}`,
  label: number ?? '',
  owner: customer,
  icon: IconFileInvoice,
})
