import { SegmentedControl } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'

interface PresenceControlProps {
  agent: string
  /** `online`, `away` or `offline`; `busy` while it has an answered call. */
  presence: string
}

/** Says whether an agent takes calls. */
export function PresenceControl({ agent, presence }: PresenceControlProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const set = $api.useMutation('put', '/api/v1/agents/{id}/presence', {
    onSettled: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => /\/agents/.test(String(queryKey[1])) }),
    onError: (error) => notifications.show({ color: 'red', message: error.detail }),
  })
  const shown = set.isPending ? set.variables.body.presence : presence
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('Takes calls')}
      // While it is in a call nobody is told what it says besides.
      value={shown === 'busy' ? '' : shown}
      onChange={(wanted) => set.mutate({ params: { path: { id: agent } }, body: { presence: wanted } })}
      data={[
        { value: 'online', label: t('online') },
        { value: 'away', label: t('away') },
        { value: 'offline', label: t('offline') },
      ]}
    />
  )
}
