import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconAddressBook, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { PLACES } from './navigation'

/** Leads by a few keys to a page, a customer, a line or an invoice. */
export default function Palette({ opening }: { opening: number }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useSession()
  const [query, setQuery] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens anew with each opening
  useEffect(() => spotlight.open(), [opening])
  const [search] = useDebouncedValue(query.trim(), 150)
  const isLooking = search.length > 1 && session.is('owner', 'admin', 'clerk', 'auditor')
  const found = $api.useQuery(
    'get',
    '/api/v1/customers',
    { params: { query: { search, limit: 7 } } },
    { enabled: isLooking },
  )
  const places = PLACES.flatMap(({ places }) => places)
    .filter((place) => session.is(...place.roles))
    .filter(({ name }) => t(name).toLowerCase().includes(query.trim().toLowerCase()))
  const go = (to: string) => () => void navigate({ to })
  return (
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={null} scrollable maxHeight={420}>
      <Spotlight.Search placeholder={t('Customer, page or action')} leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList>
        {places.map(({ to, name, icon: Icon }) => (
          <Spotlight.Action key={to} label={t(name)} leftSection={<Icon size={18} />} onClick={go(to)} />
        ))}
        {isLooking &&
          found.data?.items.map(({ id, name, external_reference }) => (
            <Spotlight.Action
              key={id}
              label={name}
              description={external_reference ?? undefined}
              leftSection={<IconAddressBook size={18} />}
              onClick={go(`/customers/${id}`)}
            />
          ))}
        {places.length === 0 && !found.data?.items.length && (
          <Spotlight.Empty>{t('Nothing found')}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
