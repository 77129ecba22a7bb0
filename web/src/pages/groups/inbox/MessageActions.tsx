import { Anchor, Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { CallBack } from '../calls/CallBack'
import { audioOf, type Message } from './audio'

interface MessageActionsProps {
  message: Message
  /** Who has left it, for people who hear it. */
  who: string
}

/** What can be done with a message. */
export function MessageActions({ message, who }: MessageActionsProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const { id, done_at, group, call, caller } = message
  const params = { path: { id } }
  const mark = $api.useMutation('put', '/api/v1/group-messages/{id}/done', {
    onSettled: () => changed('groups', 'group-messages'),
    onError: (error) => notifications.show({ color: 'red', message: error.detail }),
  })
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/group-messages/{id}', { params })
    notifications.show({ message: t('The message is gone.') })
    void changed('groups')
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
        href={audioOf(message)}
        download
        leftSection={<IconDownload size={14} aria-hidden />}
        aria-label={t('Download: {{who}}', { who })}
      >
        {t('Download')}
      </Button>
      {group && <CallBack group={group} of={{ message: id }} caller={caller} />}
      <ConfirmButton
        label={t('Delete')}
        aria-label={t('Delete: {{who}}', { who })}
        size="compact-sm"
        warning={t('The message is deleted for good, for everybody.')}
        run={remove}
      />
      {group && (
        <Anchor component={Link} to={`/groups/${group}?tab=calls&call=${call}`} fz="sm" ml={6}>
          {t('Its call')}
        </Anchor>
      )}
    </Group>
  )
}
