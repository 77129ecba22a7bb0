import { Anchor, Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { dayOf } from '@/format/civil'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ShiftTime } from '@/pages/groups/ShiftTime'
import { useShifts, useSwaps } from './shifts/useShifts'

const MOST = 3

const DAYS = 28

/** When an agent is on duty next, and how many shifts others offer it; nothing, where it has none and is offered none. */
export function NextShifts({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const next = useShifts(agent, DAYS).ahead?.slice(0, MOST)
  const offered = useSwaps(agent).offered?.length ?? 0
  if (!next || next.length + offered === 0) return null
  return (
    <Stack gap="xs" component="section" aria-label={t('Next shifts')}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={2} size="h4">
          {t('Next shifts')}
        </Title>
        <Anchor component={Link} to="/desk/shifts" fz="sm">
          {offered > 0
            ? t('All my shifts, and {{count}} that others offer', {
                count: offered,
                defaultValue_one: 'All my shifts, and {{count}} that another offers',
                defaultValue_other: 'All my shifts, and {{count}} that others offer',
              })
            : t('All my shifts')}
        </Anchor>
      </Group>
      <Card withBorder padding="sm">
        <Stack gap={6} role="list" aria-label={t('Next shifts')}>
          {next.map((shift) => (
            <Group
              key={`${shift.group} ${shift.from}`}
              gap="xs"
              align="baseline"
              wrap="nowrap"
              role="listitem"
            >
              <Text size="sm" w={100} flex="none">
                {weekdayText(shift.date ?? dayOf(shift.from, shift.time_zone))}
              </Text>
              <Text size="sm" component="div">
                {`${shift.group_name} · `}
                <ShiftTime shift={shift} />
              </Text>
              {Date.parse(shift.from) <= Date.now() && (
                <Badge variant="light" color="green">
                  {t('now')}
                </Badge>
              )}
            </Group>
          ))}
          {next.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('You have no shifts in the next {{weeks}} weeks.', { weeks: DAYS / 7 })}
            </Text>
          )}
        </Stack>
      </Card>
    </Stack>
  )
}
