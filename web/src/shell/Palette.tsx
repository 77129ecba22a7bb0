import { ActionIcon, Button, Kbd } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconAddressBook, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { $api } from '@/api/client'
import { useSession } from '@/session'
import { PLACES } from './navigation'

export function PaletteButton() {
  const { t } = useTranslation()
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconSearch size={16} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={() => spotlight.open()}
        visibleFrom="md"
      >
        {t('Search')}
      </Button>
      <ActionIcon
        variant="default"
        size="lg"
        onClick={() => spotlight.open()}
        hiddenFrom="md"
        aria-label={t('Search')}
      >
        <IconSearch size={18} />
      </ActionIcon>
    </>
  )
}

/** Leads by a few keys to a page, a customer, a line or an invoice. */
export function Palette() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useSession()
  const [query, setQuery] = useState('')
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
    <Spotlight.Root query={query} onQueryChange={setQuery} shortcut={['mod + K']} scrollable maxHeight={420}>
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
