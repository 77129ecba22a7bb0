import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconAddressBook, IconFileInvoice, IconPhone, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { useName } from '@/ui/names'
import { ACTIONS, type Action, PLACES } from './navigation'

/** How many of each kind are offered. */
const MOST = 6

interface Entry extends Pick<Action, 'to' | 'anchor' | 'icon'> {
  label: string
  description?: string
  /** The id of the customer whose it is. */
  owner?: string
}

/** Leads by a few keys to a page, an action, a customer, a line or an invoice. */
export default function Palette({ opening }: { opening: number }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens anew with each opening
  useEffect(() => spotlight.open(), [opening])
  const [search] = useDebouncedValue(query.trim(), 150)
  const places = usePlaces(query.trim())
  const found = useFound(search)
  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={null} scrollable maxHeight={420}>
      <Spotlight.Search
        placeholder={t('Customer, number, invoice, page or action')}
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {[...places, ...found].map((entry) => (
          <Lead key={`${entry.to}${entry.anchor}`} {...entry} />
        ))}
        {places.length + found.length === 0 && <Spotlight.Empty>{t('Nothing found')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function Lead({ to, anchor, label, description, owner, icon: Icon }: Entry) {
  const navigate = useNavigate()
  const ownerName = useName(owner)
  return (
    <Spotlight.Action
      label={label}
      description={description ?? ownerName}
      leftSection={<Icon size={18} />}
      onClick={() => void navigate({ to, hash: anchor })}
    />
  )
}

/** The pages and actions with this in their name. */
function usePlaces(query: string): Entry[] {
  const { t } = useTranslation()
  const session = useSession()
  return [...PLACES.flatMap(({ places }) => places), ...ACTIONS]
    .filter(({ roles }) => session.is(...roles))
    .map((place) => ({ ...place, label: t(place.name) }))
    .filter(({ label }) => label.toLowerCase().includes(query.toLowerCase()))
}

/** The customers, lines and invoices that are found by this. */
function useFound(search: string): Entry[] {
  const isLooking = useSession().is('owner', 'admin', 'clerk', 'auditor') && search.length > 1
  const hasDigits = isLooking && /\d/.test(search)
  const customers = $api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search, limit: MOST } } },
    { enabled: isLooking },
  ).data
  const lines = $api.useQuery(
    'get',
    '/api/v1/lines',
    { params: { query: { number: search, limit: MOST } } },
    { enabled: hasDigits },
  ).data
  const invoice = $api.useQuery(
    'get',
    '/api/v1/invoices/{id}',
    { params: { path: { id: search } } },
    { enabled: hasDigits, retry: false },
  ).data as Schema<'PaperDocument'> | undefined
  return [
    ...(customers?.items ?? []).map(({ id, name, external_reference }) => ({
      to: `/customers/${id}`,
      label: name,
      description: external_reference ?? undefined,
      icon: IconAddressBook,
    })),
    ...(lines?.items ?? []).map(({ id, number, customer }) => ({
      to: `/lines/${id}`,
      label: number,
      owner: customer,
      icon: IconPhone,
    })),
    ...(invoice?.id
      ? [{ to: `/invoices/${invoice.id}`, label: invoice.number ?? search, icon: IconFileInvoice }]
      : []),
  ]
}
