import { NavLink, Stack, Text } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { PLACES } from './navigation'

/** Where one can go: what one's roles are for. */
export function Navigation({ go }: { go: () => void }) {
  const { t } = useTranslation()
  const session = useSession()
  const { pathname } = useLocation()
  const sections = PLACES.map(({ title, places }) => ({
    title,
    places: places.filter((place) => session.is(...place.roles)),
  })).filter(({ places }) => places.length > 0)
  const all = sections.flatMap(({ places }) => places.map(({ to }) => to))
  const isOn = (to: string) => pathname === to || pathname.startsWith(`${to}/`)
  // Of two that fit, the longer one is meant: "calls now" is not the history.
  const active = all.filter(isOn).sort((one, other) => other.length - one.length)[0]
  return (
    <Stack component="nav" aria-label={t('Navigation')} gap={10}>
      {sections.map(({ title, places }) => (
        <div key={title}>
          <Text size="xs" fw={600} c="dimmed" px="xs" pb={2}>
            {t(title)}
          </Text>
          {places.map(({ to, name, icon: Icon }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={t(name)}
              leftSection={<Icon size={17} stroke={1.6} aria-hidden />}
              active={to === active}
              activeOptions={{ exact: true }}
              onClick={go}
              py={{ base: 6, sm: 2 }}
              px="xs"
            />
          ))}
        </div>
      ))}
    </Stack>
  )
}
