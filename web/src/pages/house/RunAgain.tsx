import { Button, type ButtonProps } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** Whether a job was given up, or waits for its next try. */
export function isAgain({ state, attempts }: Schema<'JobDocument'>): boolean {
  return state === 'failed' || (state === 'waiting' && attempts > 0)
}

interface RunAgainProps {
  job: Schema<'JobDocument'>
  size?: ButtonProps['size']
}

/** Tries a job at once that was given up, or waits for its next try. */
export function RunAgain({ job, size }: RunAgainProps) {
  const { t } = useTranslation()
  const mayRun = useSession().is('owner', 'admin', 'clerk')
  const changed = useChanged()
  const again = $api.useMutation('post', '/api/v1/jobs/{id}/run-again', {
    onSuccess: () => notifications.show({ color: 'green', message: t('It is tried again at once.') }),
    onError: (refused) =>
      notifications.show({
        color: 'red',
        title: t('That did not work'),
        message: refused instanceof Error ? refused.message : String(refused),
      }),
    onSettled: () => void changed('jobs'),
  })
  if (!mayRun || !isAgain(job)) return null
  return (
    <Button
      size={size}
      variant="default"
      leftSection={<IconRefresh size={14} />}
      loading={again.isPending}
      onClick={() => again.mutate({ params: { path: { id: job.id }, header: once() } })}
    >
      {t('Run again')}
    </Button>
  )
}
