import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconMicrophone, IconPlayerStop } from '@tabler/icons-react'
import { type SubmitEvent, useRef, useState } from 'react'
import { useTranslation } from '@/i18n'
import { phone } from './phone'
import { type Outcome, record } from './recording'

/** A message that the exchange has asked for, written or spoken. */
export function LeaveMessage({ seconds }: { seconds: number }) {
  const { t } = useTranslation()
  const [fault, setFault] = useState<string>()
  const [isRecording, setRecording] = useState(false)
  const stop = useRef<() => void>(undefined)
  const done = (outcome: Outcome) => {
    setRecording(false)
    if ('audio' in outcome) return phone.telephone.leave(outcome)
    const isTooLong = outcome.fault === 'too_long'
    setFault(isTooLong ? t('That was too long: speak again.') : t('There is no microphone.'))
  }
  const speak = async () => {
    if (isRecording) return stop.current?.()
    setFault(undefined)
    setRecording(true)
    stop.current = await record(seconds, done)
  }
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('text')).trim()
    if (text) phone.telephone.leave({ text })
  }
  return (
    <form onSubmit={send}>
      <Stack gap={6}>
        <Textarea name="text" label={t('Leave a message')} rows={3} maxLength={2000} />
        {fault && (
          <Text size="sm" role="alert">
            {fault}
          </Text>
        )}
        <Group grow gap="xs">
          <Button type="submit">{t('Send')}</Button>
          <Button
            variant="default"
            leftSection={isRecording ? <IconPlayerStop size={16} /> : <IconMicrophone size={16} />}
            onClick={() => void speak()}
          >
            {isRecording ? t('Stop and send') : t('Speak')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
