import { Alert, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Refusal } from '@/api/problem'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { Failure } from '@/ui/states'
import { useDone } from '../done'
import { MakeSipAccount } from './MakeSipAccount'
import { Typed } from './Typed'

type Made = Schema<'SipAccountWithPassword'>

interface SipAccountProps {
  /** The line's id. */
  line: string
  mayChange: boolean
}

/** What an ordinary phone of a line registers with, at an Asterisk. */
export function SipAccount(props: SipAccountProps) {
  const { t } = useTranslation()
  const tell = useDone()
  const [made, setMade] = useState<Made>()
  const done = (account: Made) => {
    setMade(account)
    tell()
  }
  const close = () => setMade(undefined)
  return (
    <>
      <Present {...props} done={done} />
      <Modal
        opened={made !== undefined}
        onClose={close}
        title={t('Ordinary phone (SIP)')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {made && <Shown account={made} close={close} />}
      </Modal>
    </>
  )
}

interface PresentProps extends SipAccountProps {
  /** An account is made, or has a new password. */
  done: (made: Made) => void
}

function Present(props: PresentProps) {
  const params = { path: { id: props.line } }
  const account = $api.useQuery('get', '/api/v1/lines/{id}/sip-account', { params })
  const hasNone = account.error instanceof Refusal && account.error.status === 404
  // While it is asked again whether there is one, a dialog that is open stays open.
  const isAskedAgain = account.isPending && account.errorUpdateCount > 0
  if (hasNone || isAskedAgain) return <None {...props} />
  if (account.error) return <Failure error={account.error} again={() => void account.refetch()} />
  if (!account.data) return <Skeleton height={90} aria-busy />
  return <Known {...props} account={account.data} />
}

function None({ line, mayChange, done }: PresentProps) {
  const { t } = useTranslation()
  return (
    <>
      <Text size="sm">{t('It has no SIP account yet: no ordinary phone can register.')}</Text>
      {mayChange && (
        <DialogButton
          label={t('Make a SIP account')}
          size="xs"
          leftSection={<IconKey size={16} />}
          style={{ alignSelf: 'start' }}
        >
          {(close) => <MakeSipAccount line={line} done={done} close={close} />}
        </DialogButton>
      )}
    </>
  )
}

interface KnownProps extends PresentProps {
  account: Schema<'SipAccountDocument'>
}

function Known({ line, account, mayChange, done }: KnownProps) {
  const { t } = useTranslation()
  const tell = useDone()
  const take = async () => {
    await fetchClient.DELETE('/api/v1/lines/{id}/sip-account', { params: { path: { id: line } } })
    tell(t('The SIP account is gone.'))
  }
  return (
    <>
      <Stack gap={4}>
        <Typed account={account} />
        <Text size="sm" c="dimmed">
          {t('Password made on')} <Time at={account.made_at} />
        </Text>
      </Stack>
      {mayChange && (
        <Group gap="xs">
          <DialogButton label={t('Make a new password')} size="xs" variant="default">
            {(close) => <MakeSipAccount line={line} account={account} done={done} close={close} />}
          </DialogButton>
          <ConfirmButton
            label={t('Take the SIP account away')}
            warning={t('No phone registers with it any more. Another account will have another user name.')}
            size="xs"
            run={take}
          />
        </Group>
      )}
    </>
  )
}

/** What is seen this once. */
function Shown({ account, close }: { account: Made; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<IconKey />} title={t('Type this into the phone')} role="status">
        <Text size="sm">{t('The password is shown this once, and kept nowhere.')}</Text>
      </Alert>
      <Typed account={account} password={account.password} />
      <Group justify="flex-end">
        <Button onClick={close}>{t('I have it')}</Button>
      </Group>
    </Stack>
  )
}
