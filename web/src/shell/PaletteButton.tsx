import { ActionIcon, Button, Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from '@/i18n'

const Palette = lazy(() => import('./Palette'))

/** Opens the palette, which is fetched when it is first wanted. */
export function PaletteButton() {
  const { t } = useTranslation()
  // Each opening is a new one.
  const [opening, setOpening] = useState(0)
  const open = () => setOpening((before) => before + 1)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      setOpening((before) => before + 1)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
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
