import './print.css'
import { AppShell, Burger, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useLive } from '@/api/live'
import { isChosen, speak, useTranslation } from '@/i18n'
import { PhoneDock } from '@/phone/PhoneDock'
import { useSession } from '@/session'
import { CallsPill } from './CallsPill'
import { Navigation } from './Navigation'
import { PaletteButton } from './PaletteButton'
import { Paused } from './Paused'
import { UserButton } from './UserButton'

/** What is around every page. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { tenant, user, is } = useSession()
  const [isOpen, { toggle, close }] = useDisclosure()
  // Who only leads groups hears of no changes: pages of groups ask by themselves.
  useLive(useQueryClient(), is('owner', 'admin', 'clerk', 'auditor', 'customer', 'agent'))
  useEffect(() => {
    if (user.language?.startsWith('de') && !isChosen()) void speak('de')
  }, [user.language])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('Navigation')} />
            <img src="/icon.svg" alt="" width={24} height={24} />
            <Text fw={650} truncate>
              {tenant.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Paused />
            <CallsPill />
            <PaletteButton />
            <UserButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="scrolls">
        <Navigation go={close} />
      </AppShell.Navbar>
      <AppShell.Main>{children}</AppShell.Main>
      <PhoneDock />
    </AppShell>
  )
}
