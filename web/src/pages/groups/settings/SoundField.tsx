import { Button, FileButton, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Player } from '@/pages/recordings/Player'

import { Failure } from '@/ui/states'
import type { PartProps } from './SayingField'

/** What stands before the id of a sound that was brought in. */
const OURS = 'file:'

interface SoundFieldProps extends PartProps {
  /** Its place in the form. */
  at: string
  /** What it is played in the place of. */
  of: string
}

/** What is played instead of a text: a file that is brought in here, an address, or a sound of the switch's own. */
export function SoundField({ form, at, of }: SoundFieldProps) {
  const { t } = useTranslation()
  const [isSending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<unknown>()
  const field = form.getInputProps(at)
  const audio: string = field.value ?? ''
  const bring = async (file: File | null) => {
    if (!file) return
    setSending(true)
    setRefusal(undefined)
    try {
      const { data } = await fetchClient.POST('/api/v1/sounds', {
        params: { query: { name: file.name } },
        headers: { 'Content-Type': file.type || 'audio/wav' },
        body: file as unknown as number[],
        bodySerializer: (body) => body,
      })
      if (data) form.setFieldValue(at, data.audio)
    } catch (refused) {
      setRefusal(refused)
    } finally {
      setSending(false)
    }
  }
  return (
    <>
      <Group mt="xs" align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          label={t('Recording')}
          description={t('Played instead of the text: a file, an address, or a sound of Asterisk’s.')}
          placeholder="https://example.org/hello.wav"
          {...field}
        />
        <FileButton accept="audio/wav,audio/x-wav,audio/mpeg,.wav,.mp3" onChange={(file) => void bring(file)}>
          {(props) => (
            <Button
              variant="default"
              {...props}
              loading={isSending}
              aria-label={t('Bring in a file: {{what}}', { what: of })}
            >
              {t('Bring in a file')}
            </Button>
          )}
        </FileButton>
      </Group>
      {Boolean(refusal) && <Failure error={refusal} />}
      {audio.startsWith(OURS) && (
        <Player key={audio} src={`/api/v1/audio/${audio.slice(OURS.length)}.wav`} name={of} />
      )}
    </>
  )
}
