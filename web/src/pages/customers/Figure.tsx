import { Card, Text } from '@mantine/core'
import type { ReactNode } from 'react'

interface FigureProps {
  title: string
  children: ReactNode
  /** What else is to be said about it. */
  more?: ReactNode
}

/** A figure that matters, with its name above it. */
export function Figure({ title, children, more }: FigureProps) {
  return (
    <Card withBorder padding="sm">
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Text fz={20} fw={650} component="div" className="figures">
        {children}
      </Text>
      {more && (
        <Text size="xs" c="dimmed" component="div">
          {more}
        </Text>
      )}
    </Card>
  )
}
