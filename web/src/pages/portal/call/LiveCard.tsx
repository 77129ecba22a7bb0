import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconPhoneOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import classes from './call.module.css'

interface LiveCardProps {
  seconds: number
  /** What it has cost, or brought, so far. */
  amount: ReactNode
  /** How far it is, in words. */
  words: ReactNode
  /** What is beside the words. */
  aside?: ReactNode
  children?: ReactNode
  /** What the button is called for those who do not see what it is in. */
  hangUpLabel: string
  hangUp: () => void
}

/** A call that is up, or on its way. */
export function LiveCard({ seconds, amount, words, aside, children, hangUpLabel, hangUp }: LiveCardProps) {
  const { t } = useTranslation()
  return (
    <Card withBorder padding="sm" className={classes.live}>
      <Stack gap="xs">
        <Group justify="space-between" align="baseline">
          <Text fz={26} fw={650} lh={1.1} className="figures" role="timer" aria-label={t('Time')}>
            {durationText(seconds)}
          </Text>
          <Text fz="lg" fw={600} className="figures">
            {amount}
          </Text>
        </Group>
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {words}
          </Text>
          <Text size="sm" c="dimmed" className="figures">
            {aside}
          </Text>
        </Group>
        {children}
        <Button
          color="red.9"
          leftSection={<IconPhoneOff size={18} />}
          aria-label={hangUpLabel}
          onClick={hangUp}
        >
          {t('Hang up')}
        </Button>
      </Stack>
    </Card>
  )
}

/** What is to be done, or waited for. */
export function Todo({ children }: { children: string }) {
  return (
    <Text span inherit fw={600} c="var(--mantine-color-text)">
      {children}
    </Text>
  )
}
