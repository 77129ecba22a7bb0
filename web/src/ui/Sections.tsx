import { Button, Group } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'

interface SectionsProps {
  /** What the pages have in common, for people who hear it. */
  label: string
  pages: { to: string; title: string }[]
  /** What stays in the address from page to page. */
  search?: Record<string, unknown>
}

/** Leads from page to page of those that belong together. */
export function Sections({ label, pages, search }: SectionsProps) {
  const here = useLocation({ select: ({ pathname }) => pathname })
  return (
    <Group component="nav" aria-label={label} gap={4}>
      {pages.map(({ to, title }) => (
        <Button
          key={to}
          component={Link}
          to={to}
          search={search as never}
          variant={to === here ? 'light' : 'subtle'}
          size="compact-md"
          fw={to === here ? 650 : 450}
        >
          {title}
        </Button>
      ))}
    </Group>
  )
}
