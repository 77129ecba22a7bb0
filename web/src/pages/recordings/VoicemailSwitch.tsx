import { Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { $api, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'

interface VoicemailSwitchProps {
  line: Schema<'LineDocument'>
  mayChange: boolean
  /** What it says, where it stands beside those of other lines. */
  label?: string
}

/** Whether callers may leave messages for a line. */
export function VoicemailSwitch({ line, mayChange, label }: VoicemailSwitchProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const set = $api.useMutation('put', '/api/v1/lines/{id}/voicemail', {
    // Until the line is read again it is as it was set.
    onSettled: () => changed('lines'),
    onError: (error) => notifications.show({ color: 'red', message: error.detail }),
  })
  return (
    <Switch
      label={label ?? t('Callers may leave messages')}
      description={label ? undefined : t('Where nobody takes their call, and it is not forwarded.')}
      checked={set.isPending ? set.variables.body.enabled : line.voicemail.enabled}
      disabled={!mayChange}
      onChange={(event) =>
        set.mutate({
          params: { path: { id: line.id }, header: ifVersion(line.version) },
          body: { enabled: event.currentTarget.checked },
        })
      }
    />
  )
}
