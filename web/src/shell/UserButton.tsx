import { ActionIcon } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/i18n'

const UserMenu = lazy(() => import('./UserMenu'))

/** Opens the user's menu, which is fetched when it is first wanted. */
export function UserButton() {
  const { t } = useTranslation()
  const [isWanted, setWanted] = useState(false)
  const button = (
    <ActionIcon variant="default" size="lg" aria-label={t('You')} onClick={() => setWanted(true)}>
      <IconUser size={18} />
    </ActionIcon>
  )
  return isWanted ? (
    <Suspense fallback={button}>
      <UserMenu />
    </Suspense>
  ) : (
    button
  )
}
