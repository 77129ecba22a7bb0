import { Badge, Card, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { Refusal } from '@/api/problem'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ShiftTime } from '@/pages/groups/ShiftTime'
import type { Swap } from '@/pages/groups/swaps/swap'
import { hoursText } from '@/pages/groups/words'
import { ConfirmButton } from '@/ui/ConfirmButton'

/** What others offer an agent. */
export function Offers({ agent, swaps }: { agent: string; swaps: Swap[] }) {
  const { t } = useTranslation()
  if (swaps.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Nobody offers you a shift now.')}
      </Text>
    )
  return (
    <Stack gap="xs" role="list" aria-label={t('Offered by others')}>
      {swaps.map((swap) => (
        <Card key={swap.id} withBorder padding="sm" role="listitem">
          <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
            <div>
              <Text fw={650} component="div">
                <ShiftTime shift={swap} isDated />
              </Text>
              <Group gap={8}>
                <Text size="sm">
                  {t('{{group}}, offered by {{name}}', { group: swap.group.name, name: swap.agent.name })}
                </Text>
                {swap.only_for && <Badge variant="light">{t('to you alone')}</Badge>}
              </Group>
            </div>
            <Take agent={agent} swap={swap} />
          </Group>
        </Card>
      ))}
    </Stack>
  )
}

/** Whether somebody else has taken it meanwhile, or it was withdrawn: then there is nothing to try again. */
function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.kind === 'wrong-state' && 'state' in (error.problem ?? {})
}

function Take({ agent, swap }: { agent: string; swap: Swap }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const { id, date } = swap
  const which = { day: weekdayText(date, 'long'), hours: hoursText(swap.hours) }
  const take = async () => {
    const params = { path: { id: agent, swap: id } }
    try {
      const { data } = await fetchClient.POST('/api/v1/agents/{id}/swaps/{swap}/take', { params })
      notifications.show({
        message: data?.awaits_approval
          ? t('A coordinator is asked to approve. Until then the roster is as before.')
          : t('The shift is yours.'),
      })
    } catch (error) {
      if (!isGone(error)) throw error
      notifications.show({ color: 'red', message: t('The shift is not offered any more.') })
    }
    void changed('agents')
  }
  return (
    <ConfirmButton
      label={t('Take the shift')}
      aria-label={t('Take the shift: {{day}}, {{hours}}', which)}
      size="xs"
      variant="filled"
      flex="none"
      warning={t(
        '{{day}}, {{hours}}: you are on duty in the place of {{name}}; where the group wants that, once a coordinator has approved.',
        { ...which, name: swap.agent.name },
      )}
      run={take}
    />
  )
}
