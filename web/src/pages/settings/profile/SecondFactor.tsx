import { Badge, Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { Enrolment } from './Enrolment'

/** Has whoever is signed in fetched again, with whether a second factor is on. */
export function useRefresh() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/me'] })
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/session'] })
  }
}

/** A code beside the password: begun and ended here. */
export function SecondFactor({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="xs">
        <Badge variant="light" color={isOn ? 'green' : 'gray'} radius="sm">
          {isOn ? t('on') : t('off')}
        </Badge>
        <Text size="sm" c="dimmed">
          {isOn
            ? t('Signing in takes a code of your authenticator, too.')
            : t('With an authenticator on your phone, a stolen password alone opens nothing.')}
        </Text>
      </Group>
      {isOn ? (
        <DialogButton label={t('Turn it off')} variant="default">
          {(close) => <EndForm close={close} />}
        </DialogButton>
      ) : (
        <Button size="xs" onClick={open}>
          {t('Begin to use one')}
        </Button>
      )}
      {/* It outlives that it is on: the recovery codes are shown then. */}
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('Second factor')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <Enrolment close={close} />
      </Modal>
    </Stack>
  )
}

function EndForm({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const form = useForm<Schema<'SecondFactorProof'>>({
    mode: 'uncontrolled',
    initialValues: { password: '', code: '' },
  })
  const send = (body: Schema<'SecondFactorProof'>) =>
    fetchClient.POST('/api/v1/me/second-factor/end', { body })
  const done = () => {
    refresh()
    notifications.show({ message: t('The password is enough now.') })
    close()
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Turn it off')}>
      <PasswordInput
        label={t('Your password')}
        autoComplete="current-password"
        data-autofocus
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
      <TextInput
        label={t('Code')}
        description={t('Of the authenticator, or a recovery code.')}
        autoComplete="one-time-code"
        key={form.key('code')}
        {...form.getInputProps('code')}
      />
    </Form>
  )
}
