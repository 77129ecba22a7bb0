import { Group, Stack, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface PageProps {
  title: string
  /** What is beside the title: a state, an id. */
  mark?: ReactNode
  /** What can be done here. */
  actions?: ReactNode
  children: ReactNode
}

/** A page with its heading and what can be done on it. */
export function Page({ title, mark, actions, children }: PageProps) {
  useDocumentTitle(`${title} · Tollgate`)
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={1} size="h2">
            {title}
          </Title>
          {mark}
        </Group>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </Stack>
  )
}
