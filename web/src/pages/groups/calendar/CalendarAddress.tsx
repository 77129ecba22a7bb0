import { Group, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconCalendarShare } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { Secret } from '@/pages/settings/keys/Secret'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'

interface CalendarAddressProps {
  /** Whose calendar it is: a group's, or an agent's. */
  of: 'groups' | 'agents'
  id: string
  /** What is in the calendar. */
  about: string
}

/** The secret address under which calendar programs fetch a roster: it is made, made anew, and taken away. */
export function CalendarAddress({ of, id, about }: CalendarAddressProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      <Text size="sm">{about}</Text>
      <Text size="sm" c="dimmed">
        {t(
          'Whoever knows the address sees the calendar: nobody signs in. Calendar programs subscribe to it.',
        )}
      </Text>
      <Group gap="xs">
        <DialogButton
          label={t('Make an address')}
          variant="default"
          size="xs"
          leftSection={<IconCalendarShare size={16} />}
        >
          {(close) => <Making of={of} id={id} close={close} />}
        </DialogButton>
        <TakeAway of={of} id={id} />
      </Group>
    </Stack>
  )
}

interface OneProps extends Pick<CalendarAddressProps, 'of' | 'id'> {
  close: () => void
}

function Making({ of, id, close }: OneProps) {
  const { t } = useTranslation()
  const [address, setAddress] = useState<string>()
  const form = useForm()
  if (address) return <Secret secret={address} title={t('The address of the calendar')} close={close} />
  const send = async () => {
    const { data } = await fetchClient.POST(`/api/v1/${of}/{id}/calendar`, { params: { path: { id } } })
    setAddress(data?.url)
  }
  return (
    <Form form={form} send={send} done={() => undefined} cancel={close} submit={t('Make the address')}>
      <Text size="sm">
        {t('If there is one already, it opens nothing any more: programs that know it need the new one.')}
      </Text>
    </Form>
  )
}

function TakeAway({ of, id }: Omit<OneProps, 'close'>) {
  const { t } = useTranslation()
  const remove = async () => {
    const params = { path: { id } }
    const message = await fetchClient.DELETE(`/api/v1/${of}/{id}/calendar`, { params }).then(
      () => t('The address opens nothing any more.'),
      (error) => {
        if (error instanceof Refusal && error.status === 404) return t('There was no address.')
        throw error
      },
    )
    notifications.show({ message })
  }
  return (
    <ConfirmButton
      label={t('Take the address away')}
      size="xs"
      warning={t('The address opens nothing any more: programs that know it show no new shifts.')}
      run={remove}
    />
  )
}
