import { useTranslation } from '@/i18n'
import { ChoiceField, CountField, SwitchField } from '../fields'

/** Which calls are recorded, and how long recordings are kept. */
export function Recordings() {
  const { t } = useTranslation()
  const days = t('days')
  return (
    <>
      <CountField
        at="recordings.voicemail_days"
        label={t('Messages are kept for')}
        help={t('1 to 3,650; it holds for messages that come from now on.')}
        unit={days}
        min={1}
        max={3650}
      />
      <ChoiceField
        at="recordings.record_calls"
        label={t('Calls that are recorded')}
        choices={[
          { value: 'none', label: t('none') },
          { value: 'agents', label: t('those to agents') },
          { value: 'all', label: t('all') },
        ]}
      />
      <SwitchField
        at="recordings.announce_recording"
        label={t('Those who talk are told that their call is recorded')}
        help={t('In many countries they have to be.')}
      />
      <CountField
        at="recordings.recording_days"
        label={t('Recorded calls are kept for')}
        help={t('1 to 3,650; it holds for calls from now on.')}
        unit={days}
        min={1}
        max={3650}
      />
    </>
  )
}
