import { Group, Input } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { CountField } from '../fields'

/** How calls are charged while they run. */
export function Charging() {
  const { t } = useTranslation()
  const seconds = t('seconds')
  return (
    <>
      <CountField
        at="charging.slice_seconds"
        label={t('Granted at once')}
        help={t('So much talk time is set aside for a call, again and again while it runs.')}
        unit={seconds}
        min={1}
        max={3600}
      />
      <CountField
        at="charging.minimum_talk_seconds"
        label={t('Shortest call')}
        help={t('A call that the balance could not carry for so long is refused; 0 lets all through.')}
        unit={seconds}
        max={3600}
      />
      <CountField
        at="charging.longest_call_seconds"
        label={t('Longest call')}
        help={t('A call ends after this time at the latest: 60 to 86,400.')}
        unit={seconds}
        min={60}
        max={86_400}
      />
      <Input.Wrapper
        label={t('Warnings before the end')}
        labelElement="div"
        description={t('The payer hears so long before a call ends that it will, twice.')}
      >
        <Group gap="sm" mt={6}>
          <CountField at="charging.warn_before_seconds.0" label={t('First')} unit={seconds} />
          <CountField at="charging.warn_before_seconds.1" label={t('Second')} unit={seconds} />
        </Group>
      </Input.Wrapper>
      <CountField
        at="charging.pending_seconds"
        label={t('Wait for an answer')}
        help={t('What is set aside for a call that nobody answers is given back after this time.')}
        unit={seconds}
        min={5}
        max={3600}
      />
      <CountField
        at="charging.heartbeat_seconds"
        label={t('Sign of life')}
        help={t('A switch gives one for each call so often; after two that are missing the call is settled.')}
        unit={seconds}
        min={5}
        max={3600}
      />
      <CountField
        at="longest_call_seconds"
        label={t('Longest call that is believed')}
        help={t('A finished call that is told or imported as longer is refused.')}
        unit={seconds}
        min={1}
      />
    </>
  )
}
