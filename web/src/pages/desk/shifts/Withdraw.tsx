import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { fetchClient } from '@/api/client'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import type { Swap } from '@/pages/groups/swaps/swap'
import { hoursText } from '@/pages/groups/words'
import { ConfirmButton } from '@/ui/ConfirmButton'

/** Takes an offer back. */
export function Withdraw({ swap }: { swap: Swap }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const { id, agent, date, taken_by } = swap
  const which = { day: weekdayText(date, 'long'), hours: hoursText(swap.hours) }
  const withdraw = async () => {
    const params = { path: { id: agent.id, swap: id } }
    await fetchClient.DELETE('/api/v1/agents/{id}/swaps/{swap}', { params })
    notifications.show({ message: t('You keep the shift.') })
    void changed('agents')
  }
  return (
    <ConfirmButton
      label={t('Withdraw the offer')}
      aria-label={t('Withdraw the offer: {{day}}, {{hours}}', which)}
      size="compact-xs"
      warning={
        taken_by
          ? t('{{day}}, {{hours}}: you keep the shift, and {{name}} is told so.', {
              ...which,
              name: taken_by.name,
            })
          : t('{{day}}, {{hours}}: you keep the shift, and nobody can take it any more.', which)
      }
      run={withdraw}
    />
  )
}
