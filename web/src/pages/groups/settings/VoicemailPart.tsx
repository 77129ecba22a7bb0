import { NumberInput, SimpleGrid, Switch, TagsInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { Part } from './Part'
import { type PartProps, SayingField } from './SayingField'

const AT = 'answering.voicemail'

/** The messages that callers leave. */
export function VoicemailPart({ form }: PartProps) {
  const { t } = useTranslation()
  const { transcribe } = form.getValues().answering.voicemail
  return (
    <Part
      title={t('Voicemail')}
      about={t('Callers leave messages where “Voicemail” follows above. All are under “Messages”.')}
    >
      <SayingField
        form={form}
        at={`${AT}.greeting`}
        label={t('Before the tone')}
        placeholder={t('Nobody can take your call now. Please leave a message after the tone.')}
      />
      <TagsInput
        label={t('Messages go by mail to')}
        description={t('Each address gets a mail with a link, and with what was understood.')}
        placeholder="desk@example.org"
        {...form.getInputProps(`${AT}.addressees`)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
        <NumberInput
          label={t('Messages are kept for')}
          description={t('1 to 3,650 days; then they are deleted by themselves.')}
          placeholder={t('as the settings of the company say')}
          allowDecimal={false}
          allowNegative={false}
          suffix={` ${t('days')}`}
          {...form.getInputProps(`${AT}.kept_days`)}
        />
        {transcribe && (
          <NumberInput
            label={t('The mail waits for the transcript')}
            description={t('0 to 3,600 seconds; a later one comes in a mail of its own.')}
            required
            allowDecimal={false}
            allowNegative={false}
            suffix={` ${t('seconds')}`}
            {...form.getInputProps(`${AT}.transcript_wait_seconds`)}
          />
        )}
      </SimpleGrid>
      <Switch
        label={t('Messages are transcribed')}
        description={t('Where the exchange can do that.')}
        {...form.getInputProps(`${AT}.transcribe`, { type: 'checkbox' })}
      />
    </Part>
  )
}
