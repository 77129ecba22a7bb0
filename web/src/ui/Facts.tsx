import { Card, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

interface FactsProps {
  facts: { title: string; value: ReactNode; isStrong?: boolean }[]
}

/** What there is to know of something, at a glance. */
export function Facts({ facts }: FactsProps) {
  return (
    <Card withBorder padding="md" maw={560}>
      <Stack component="dl" gap={6} m={0}>
        {facts.map(({ title, value, isStrong }) => (
          <Group key={title} justify="space-between" gap="md" wrap="nowrap" align="baseline">
            <Text component="dt" size="sm" c="dimmed">
              {title}
            </Text>
            <Text component="dd" size="sm" m={0} ta="right" fw={isStrong ? 650 : undefined}>
              {value}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
