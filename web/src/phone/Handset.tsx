import { ActionIcon, Alert, Button, Group, Stack, Text, Tooltip } from '@mantine/core'
import {
  IconBan,
  IconDialpad,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhone,
  IconPhoneOff,
  IconPower,
} from '@tabler/icons-react'
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useState } from 'react'
import { useTranslation } from '@/i18n'
import { BlockingButton } from './BlockingDialog'
import classes from './dock.module.css'
import { LeaveMessage } from './LeaveMessage'
import { CallMeter } from './Meter'
import { Pad } from './Pad'
import { isBusy, type PhoneNow, partner, phone } from './phone'
import { Talk } from './Talk'
import { heardText, noticeText } from './words'

/** The phone that is on. */
export function Handset({ now }: { now: PhoneNow }) {
  const [hasPad, setPad] = useState(false)
  const isTalking = now.state === 'talking'
  return (
    <Stack gap="xs" onKeyDown={pressed} onPaste={pasted}>
      <Display now={now} />
      {now.notice && <Told now={now} />}
      <Hook now={now} hasPad={hasPad} togglePad={() => setPad(!hasPad)} />
      {now.messageSeconds !== undefined && <LeaveMessage seconds={now.messageSeconds} />}
      <Talk now={now} />
      {(!isTalking || hasPad) && now.state !== 'ringing' && <Pad />}
      {!isBusy(now) && <AtRest />}
    </Stack>
  )
}

/** Keys of the keyboard are keys of the phone, where nothing is written. */
function pressed(event: KeyboardEvent) {
  const isWriting = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (event.key === 'Escape') return phone.telephone.hangUp()
  if (isWriting || !/^[0-9*#+]$/.test(event.key)) return
  event.preventDefault()
  phone.telephone.key(event.key)
}

function pasted(event: ClipboardEvent) {
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return
  const number = event.clipboardData.getData('text').replace(/[^0-9+]/g, '')
  if (number) phone.telephone.call(number)
}

function Display({ now }: { now: PhoneNow }) {
  return (
    <div>
      <Text
        ta="center"
        size="xl"
        fw={600}
        mih={32}
        className="figures"
        style={{ letterSpacing: '.04em' }}
        truncate
      >
        {isBusy(now) ? partner(now) : now.digits || now.other}
      </Text>
      <Heard now={now} />
      <Text ta="center" size="sm" mih={20}>
        <CallMeter now={now} isLong />
      </Text>
    </div>
  )
}

function Heard({ now }: { now: PhoneNow }) {
  const { t } = useTranslation()
  return (
    <Text ta="center" size="sm" c="dimmed" mih={20} role="status">
      {now.state === 'idle' && !now.notice ? t('Dial a number, or paste one.') : heardText(t, now)}
    </Text>
  )
}

function Told({ now }: { now: PhoneNow }) {
  const { t } = useTranslation()
  if (!now.notice) return null
  const isGood = now.notice.kind === 'charged' || now.notice.kind === 'over'
  return (
    <Alert
      p="xs"
      color={isGood ? 'gate' : 'yellow'}
      role="alert"
      withCloseButton
      closeButtonLabel={t('Close')}
      onClose={() => phone.telephone.dismiss()}
    >
      {noticeText(t, now.notice)}
    </Alert>
  )
}

interface HookProps {
  now: PhoneNow
  hasPad: boolean
  togglePad: () => void
}

function Hook({ now, hasPad, togglePad }: HookProps) {
  const { t } = useTranslation()
  const { telephone } = phone
  if (now.state === 'ringing') return <Incoming />
  if (now.state === 'idle') return null
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        flex={1}
        h={40}
        color={isBusy(now) ? 'red.9' : undefined}
        variant={isBusy(now) ? 'filled' : 'default'}
        leftSection={<IconPhoneOff size={18} />}
        onClick={() => telephone.hangUp()}
      >
        {t('Hang up')}
      </Button>
      {now.state === 'talking' && (
        <>
          <Switch
            name={now.isMuted ? t('Unmute') : t('Mute')}
            isOn={now.isMuted}
            press={() => telephone.setMuted(!now.isMuted)}
          >
            {now.isMuted ? <IconMicrophoneOff size={18} /> : <IconMicrophone size={18} />}
          </Switch>
          <Switch name={t('Keys')} isOn={hasPad} press={togglePad}>
            <IconDialpad size={18} />
          </Switch>
        </>
      )}
    </Group>
  )
}

function Incoming() {
  const { t } = useTranslation()
  return (
    <Group grow gap="xs">
      <Button
        h={44}
        className={classes.answer}
        leftSection={<IconPhone size={18} />}
        onClick={() => phone.telephone.answer()}
      >
        {t('Answer')}
      </Button>
      <Button
        h={44}
        color="red.9"
        leftSection={<IconPhoneOff size={18} />}
        onClick={() => phone.telephone.refuse()}
      >
        {t('Refuse')}
      </Button>
    </Group>
  )
}

function AtRest() {
  const { t } = useTranslation()
  return (
    <Group gap="xs" justify="space-between">
      <BlockingButton icon={<IconBan size={16} />} />
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={<IconPower size={16} />}
        onClick={() => phone.switchOff()}
      >
        {t('Switch off')}
      </Button>
    </Group>
  )
}

interface SwitchProps {
  name: string
  isOn: boolean
  press: () => void
  children: ReactNode
}

function Switch({ name, isOn, press, children }: SwitchProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon
        variant={isOn ? 'filled' : 'default'}
        size={40}
        aria-label={name}
        aria-pressed={isOn}
        onClick={press}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
