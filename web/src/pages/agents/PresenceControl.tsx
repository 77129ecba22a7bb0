import { SegmentedControl } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'

interface PresenceControlProps {
  agent: string
  /** `online`, `away` or `offline`; `busy` while it has an answered call; none, while it is not known. */
  presence: string | undefined
  size?: 'xs' | 'sm'
  /** The id of the words beside it, where there are some. */
  labelledBy?: string
}

/** Says whether an agent takes calls. */
export function PresenceControl({ agent, presence, size = 'xs', labelledBy }: PresenceControlProps) {
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
      size={size}
      aria-label={labelledBy ? undefined : t('Takes calls')}
      aria-labelledby={labelledBy}
      disabled={!presence}
      color={shown === 'online' ? '#22713a' : undefined}
      // While it is in a call nobody is told what it says besides.
      value={shown === 'busy' ? '' : (shown ?? '')}
      onChange={(wanted) => set.mutate({ params: { path: { id: agent } }, body: { presence: wanted } })}
      data={[
        { value: 'online', label: t('online') },
        { value: 'away', label: t('away') },
        { value: 'offline', label: t('offline') },
      ]}
    />
  )
}
