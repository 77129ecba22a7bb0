import { createSpotlight, Spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n'
import { useName } from '@/ui/names'
import { type Entry, type Group, useGroups } from './found'

const [store, spotlight] = createSpotlight()

/** Leads by a few keys to a page, an action, a customer, a line or an invoice. */
export default function Palette({ opening }: { opening: number }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens anew with each opening
  useEffect(() => spotlight.open(), [opening])
  const { groups, isLooking } = useGroups(query.trim())
  const hear = useFirst(query, groups)
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 100 }}
      attributes={{ content: { 'aria-label': t('Search') } }}
      // The library lets the chosen one's shine through, too faint to be read.
      styles={{ actionDescription: { opacity: 1 } }}
    >
      <Spotlight.Search
        placeholder={t('Customer, number, invoice, page or action')}
        aria-label={t('Search')}
        leftSection={<IconSearch size={18} />}
        onKeyDown={hear}
      />
      <Spotlight.ActionsList>
        {groups.map(({ title, entries }) => (
          <Spotlight.ActionsGroup key={title} label={title} role="group" aria-label={title}>
            {entries.map((entry) => (
              <Lead key={entry.to + (entry.anchor ?? '')} {...entry} />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && !isLooking && <Spotlight.Empty>{t('Nothing found')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function Lead({ to, search, anchor, label, description, owner, icon: Icon }: Entry) {
  const navigate = useNavigate()
  const ownerName = useName(owner)
  return (
    <Spotlight.Action
      label={label}
      description={description ?? ownerName}
      leftSection={<Icon size={18} />}
      onClick={() => void navigate({ to, search: search as never, hash: anchor })}
    />
  )
}

/**
 * Enter takes the first of what is found, whenever that comes, until another is chosen by the arrows. The library chooses when a key is
 * pressed alone, and marks its choice in the page.
 */
function useFirst(query: string, groups: Group[]) {
  const isChosen = useRef(false)
  const shown = groups.flatMap(({ entries }) => entries.map(({ to, anchor }) => to + anchor)).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks at what is shown by now
  useEffect(() => {
    const list = document.getElementById(store.getState().listId)
    const actions = [...(list?.querySelectorAll('[data-action]') ?? [])]
    const marked = actions.findIndex((action) => action.hasAttribute('data-selected'))
    const selected = isChosen.current && marked >= 0 ? marked : query ? 0 : -1
    for (const [place, action] of actions.entries())
      action.toggleAttribute('data-selected', place === selected)
    store.updateState((state) => ({ ...state, selected }))
  }, [query, shown])
  return (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow')) isChosen.current = true
    else if (event.key !== 'Enter') isChosen.current = false
  }
}
