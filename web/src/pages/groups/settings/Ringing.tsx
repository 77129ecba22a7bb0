import { NumberInput, Radio, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { STRATEGIES } from './answering'
import { Part } from './Part'
import type { PartProps } from './SayingField'
import { strategyHelp, strategyName } from './told'

/** In which order those on duty are rung, and what callers do who find all of them busy. */
export function Ringing({ form }: PartProps) {
  const { t } = useTranslation()
  const { queue_seconds } = form.getValues().answering
  return (
    <Part title={t('How it rings')} about={t('Who is on duty is rung; who is away or in a call is skipped.')}>
      <Radio.Group label={t('Order')} {...form.getInputProps('answering.strategy')}>
        <Stack gap={6} mt={6}>
          {STRATEGIES.map((strategy) => (
            <Radio
              key={strategy}
              value={strategy}
              label={strategyName(strategy)}
              description={strategyHelp(strategy)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
        <NumberInput
          label={t('A phone rings for')}
          description={t('5 to 120 seconds; then the next one rings.')}
          required
          allowDecimal={false}
          allowNegative={false}
          suffix={` ${t('seconds')}`}
          {...form.getInputProps('answering.ring_seconds')}
        />
        <NumberInput
          label={t('Callers wait for')}
          description={t('10 to 3,600 seconds, with music, where all on duty are busy.')}
          placeholder={t('not at all')}
          allowDecimal={false}
          allowNegative={false}
          suffix={` ${t('seconds')}`}
          {...form.getInputProps('answering.queue_seconds')}
        />
      </SimpleGrid>
      {queue_seconds !== '' && (
        <TextInput
          label={t('Music for those who wait')}
          description={t('The address of a sound file, or a sound of Asterisk’s.')}
          placeholder={t('the music of the exchange')}
          {...form.getInputProps('answering.queue_music')}
        />
      )}
      <Switch
        label={t('Ordinary phones ask before they connect')}
        description={t(
          'Whoever takes one up hears whom the call is for and presses 1 to take it. Without that a mailbox that picks up has the call.',
        )}
        {...form.getInputProps('answering.screening', { type: 'checkbox' })}
      />
      <Switch
        label={t('Only confirmed phones ring')}
        description={t(
          'A phone outside rings once it has answered an SMS that it is the agent’s. It is asked on the agent’s page.',
        )}
        {...form.getInputProps('answering.only_confirmed_phones', { type: 'checkbox' })}
      />
    </Part>
  )
}
