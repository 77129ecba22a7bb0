import { ActionIcon, Menu, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core'
import { IconLogout, IconUser } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { choose, LANGUAGES, type Language, useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** Who is signed in, and how they like it. */
export default function UserMenu() {
  const { t, language } = useTranslation()
  const { user, tenants, tenant } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leave = $api.useMutation('delete', '/api/v1/session', {
    onSuccess: () => window.location.assign('/sign-in'),
  })
  const move = $api.useMutation('put', '/api/v1/session/tenant', {
    onSuccess: () => window.location.assign('/'),
  })
  return (
    <Menu position="bottom-end" width={240} closeOnItemClick={false} defaultOpened>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={t('You')}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.name}</Menu.Label>
        <Menu.Item component={Link} to="/profile" closeMenuOnClick>
          {t('Profile and sign-in')}
        </Menu.Item>
        {tenants.length > 1 && <Menu.Label>{t('Tenant')}</Menu.Label>}
        {tenants
          .filter((place) => place.tenant !== tenant.tenant)
          .map((place) => (
            <Menu.Item key={place.tenant} onClick={() => move.mutate({ body: { tenant: place.tenant } })}>
              {place.name}
            </Menu.Item>
          ))}
        <Menu.Divider />
        <Text size="xs" c="dimmed" px="xs" id="scheme">
          {t('Colours')}
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-labelledby="scheme"
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
          data={[
            { value: 'light', label: t('Light') },
            { value: 'dark', label: t('Dark') },
            { value: 'auto', label: t('System') },
          ]}
        />
        <Text size="xs" c="dimmed" px="xs" id="language">
          {t('Language')}
        </Text>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-labelledby="language"
          value={language}
          onChange={(tag) => void choose(tag as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate({})}>
          {t('Sign out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
