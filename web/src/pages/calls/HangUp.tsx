import { notifications } from '@mantine/notifications'
import { IconPhoneOff } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'

type Session = Schema<'SessionDocument'>

/** The switches of Tollgate's own, whose calls end here. */
const OWN = ['softswitch', 'asterisk']

/** Hangs up one call. Those of other switches are ended there. */
export function HangUp({ call: { id, from, to, owner } }: { call: Session }) {
  const { t } = useTranslation()
  const changed = useChanged()
  if (!OWN.includes(owner ?? '')) return null
  return (
    <ConfirmButton
      size="compact-xs"
      variant="light"
      color="red"
      label={t('Hang up')}
      aria-label={t('Hang up the call from {{from}} to {{to}}', { from, to })}
      warning={t('The call from {{from}} to {{to}} ends, and is charged until now. Both are told.', {
        from,
        to,
      })}
      run={async () => {
        await fetchClient.POST('/api/v1/calls/{id}/hang-up', { params: { path: { id } } })
        notifications.show({ message: t('The call from {{from}} to {{to}} is ended.', { from, to }) })
        void changed('charging')
      }}
    />
  )
}

/** Hangs up all calls that the built-in softswitch or an Asterisk of Tollgate's carries. */
export function HangUpAll({ isDisabled }: { isDisabled: boolean }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const run = async () => {
    const { data } = await fetchClient.POST('/api/v1/calls/hang-up')
    notifications.show({
      message: t('{{count}} calls are ended.', {
        count: data?.calls ?? 0,
        defaultValue_one: '{{count}} call is ended.',
        defaultValue_other: '{{count}} calls are ended.',
      }),
    })
    void changed('charging')
  }
  return (
    <ConfirmButton
      variant="light"
      color="red"
      leftSection={<IconPhoneOff size={16} />}
      disabled={isDisabled}
      label={t('Hang up all')}
      warning={t(
        'All calls end, and are charged until now. Everybody is told. Calls to emergency and service numbers go on.',
      )}
      run={run}
    />
  )
}
