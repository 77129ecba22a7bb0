import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconDownload } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { audioOf } from './Player'

interface RecordingActionsProps {
  recording: Schema<'RecordingDocument'>
  /** Who is to be heard, for people who hear it. */
  who: string
}

/** What can be done with a recording. */
export function RecordingActions({ recording: { id, done_at }, who }: RecordingActionsProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const params = { path: { id } }
  const mark = $api.useMutation('put', '/api/v1/recordings/{id}/done', {
    onSettled: () => changed('recordings'),
    onError: (error) => notifications.show({ color: 'red', message: error.detail }),
  })
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/recordings/{id}', { params })
    notifications.show({ message: t('The recording is gone.') })
    void changed('recordings', 'calls')
  }
  return (
    <Group gap={6}>
      <Button
        size="compact-sm"
        variant={done_at ? 'default' : 'light'}
        leftSection={done_at ? undefined : <IconCheck size={14} aria-hidden />}
        aria-label={done_at ? t('Not done: {{who}}', { who }) : t('Done: {{who}}', { who })}
        loading={mark.isPending}
        onClick={() => mark.mutate({ params, body: { done: !done_at } })}
      >
        {done_at ? t('Not done') : t('Done')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        component="a"
        href={audioOf(id)}
        download
        leftSection={<IconDownload size={14} aria-hidden />}
        aria-label={t('Download: {{who}}', { who })}
      >
        {t('Download')}
      </Button>
      <ConfirmButton
        label={t('Delete')}
        aria-label={t('Delete: {{who}}', { who })}
        size="compact-sm"
        warning={t('The recording is deleted for good, for everybody.')}
        run={remove}
      />
    </Group>
  )
}
