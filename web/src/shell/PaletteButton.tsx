import { ActionIcon, Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/i18n'

const Palette = lazy(() => import('./Palette'))

/** Opens the palette, which is fetched when it is first wanted. */
export function PaletteButton() {
  const { t } = useTranslation()
  // Each opening is a new one.
  const [opening, setOpening] = useState(0)
  const open = () => setOpening(opening + 1)
  useHotkeys([['mod+K', open]], [])
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconSearch size={16} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={open}
        visibleFrom="md"
      >
        {t('Search')}
      </Button>
      <ActionIcon variant="default" size="lg" onClick={open} hiddenFrom="md" aria-label={t('Search')}>
        <IconSearch size={18} />
      </ActionIcon>
      {opening > 0 && (
        <Suspense>
          <Palette opening={opening} />
        </Suspense>
      )}
    </>
  )
}
