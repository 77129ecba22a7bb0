import { Alert, Button, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconBarrierBlock } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { Failure } from '@/ui/states'
import { Remaining } from './Ticking'

export function useMaintenance() {
  return $api.useQuery('get', '/api/v1/maintenance')
}

/** Begins a maintenance, or sets anew when the calls end. */
export function BeginMaintenance({ isActive }: { isActive: boolean }) {
  const { t } = useTranslation()
  return (
    <DialogButton
      variant="default"
      leftSection={<IconBarrierBlock size={16} />}
      label={isActive ? t('Change') : t('Maintenance')}
      title={isActive ? t('Set when the calls end') : t('Begin a maintenance')}
    >
      {(close) => <Minutes isActive={isActive} close={close} />}
    </DialogButton>
  )
}

function Minutes({ isActive, close }: { isActive: boolean; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const form = useForm({ mode: 'uncontrolled', initialValues: { minutes: 10 } })
  const send = (body: { minutes: number }) => fetchClient.PUT('/api/v1/maintenance', { body })
  const done = () => {
    close()
    notifications.show({ message: t('No call begins any more.') })
    void changed('maintenance')
  }
  const submit = isActive ? t('Set') : t('Begin')
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={submit}>
      <Text size="sm">
        {t(
          'No call begins any more, but those to emergency numbers. Those that run may go on for some minutes; then they are ended, and charged.',
        )}
      </Text>
      <NumberInput
        label={t('Minutes until the calls are ended')}
        description={t('0 to 60; with 0 they end at once.')}
        min={0}
        max={60}
        allowDecimal={false}
        clampBehavior="strict"
        data-autofocus
        key={form.key('minutes')}
        {...form.getInputProps('minutes')}
      />
    </Form>
  )
}

function EndMaintenance() {
  const { t } = useTranslation()
  const changed = useChanged()
  const end = $api.useMutation('delete', '/api/v1/maintenance', {
    onSuccess: () => {
      notifications.show({ message: t('Calls begin again.') })
      void changed('maintenance')
    },
  })
  return (
    <>
      <Button onClick={() => end.mutate({})} loading={end.isPending}>
        {t('End the maintenance')}
      </Button>
      {end.error && <Failure error={end.error} />}
    </>
  )
}

/** That there is a maintenance, and when its calls end; nothing while there is none. */
export function MaintenanceNotice() {
  const { t } = useTranslation()
  const isLead = useSession().is('owner', 'admin')
  const { data: maintenance } = useMaintenance()
  if (!maintenance?.active) return null
  const endsAt = maintenance.calls_end_at
  return (
    <Alert color="yellow" icon={<IconBarrierBlock />} title={t('Maintenance: no call begins')} role="status">
      <Stack gap="xs">
        {endsAt && Date.parse(endsAt) > Date.now() ? (
          <Text size="sm">
            {t('The calls that run are ended in')} <Remaining from={endsAt} /> (
            <Time at={endsAt} style="clock" />)
          </Text>
        ) : (
          <Text size="sm">{t('The calls that ran were ended, but those to emergency numbers.')}</Text>
        )}
        {isLead && (
          <Group gap="xs">
            <EndMaintenance />
            <BeginMaintenance isActive />
          </Group>
        )}
      </Stack>
    </Alert>
  )
}
