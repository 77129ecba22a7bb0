import { Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { hoursText } from '../words'
import type { Swap } from './swap'

/** Approves of a swap, or refuses it. */
export function Decide({ swap }: { swap: Swap }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const which = { day: weekdayText(swap.date, 'long'), hours: hoursText(swap.hours) }
  const told = { ...which, name: swap.agent.name, by: swap.taken_by?.name ?? '' }
  const decide = async (approved: boolean) => {
    const params = { path: { id: swap.id } }
    await fetchClient.PUT('/api/v1/swaps/{id}/decision', { params, body: { approved } })
    notifications.show({ message: approved ? t('It is approved.') : t('It is not approved.') })
    void changed('groups')
  }
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <ConfirmButton
        label={t('Approve')}
        aria-label={t('Approve: {{day}}, {{hours}}', which)}
        size="compact-sm"
        variant="light"
        warning={t(
          '{{day}}, {{hours}}: {{by}} is on duty in the place of {{name}}, and both are told so.',
          told,
        )}
        run={() => decide(true)}
      />
      <ConfirmButton
        label={t('Decline')}
        aria-label={t('Decline: {{day}}, {{hours}}', which)}
        size="compact-sm"
        warning={t('{{day}}, {{hours}}: {{name}} is on duty as before, and both are told so.', told)}
        run={() => decide(false)}
      />
    </Group>
  )
}
