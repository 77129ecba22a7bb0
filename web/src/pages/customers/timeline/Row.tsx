import { Box, Group, Text, ThemeIcon } from '@mantine/core'
import type { IconPhone } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Style, Time } from '@/format/time'

interface RowProps {
  icon: typeof IconPhone
  color?: string
  /** What happened. */
  children: ReactNode
  /** What else is to be said. */
  more?: ReactNode
  /** What it was worth. */
  amount?: ReactNode
  at: string
  /** How the instant is written: as a clock shows it, where the day stands above. */
  style?: Style
}

/** A row of a timeline: what happened, what it was worth, and when. */
export function Row({ icon: Icon, color = 'gray', children, more, amount, at, style = 'clock' }: RowProps) {
  return (
    <Group component="li" wrap="nowrap" gap="sm" align="flex-start" py={6}>
      <ThemeIcon variant="light" color={color} size={28} radius="xl" aria-hidden>
        <Icon size={16} />
      </ThemeIcon>
      <Box flex={1} miw={0}>
        <Text size="sm" lh={1.35} component="div" style={{ overflowWrap: 'anywhere' }}>
          {children}
        </Text>
        {more && (
          <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>
            {more}
          </Text>
        )}
      </Box>
      <Box ta="right">
        <Text size="sm" lh={1.35} component="div" className="figures">
          {amount}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          <Time at={at} style={style} />
        </Text>
      </Box>
    </Group>
  )
}
