import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** A fact of a card: what it is, and what it comes to. */
export function Line({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="md" wrap="nowrap">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text size="sm" className="figures" style={{ flexShrink: 0 }}>
        {children}
      </Text>
    </Group>
  )
}
