import { NumberInput, Radio, Stack, Switch, TagsInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { CALLERS } from './answering'
import { Part } from './Part'
import type { PartProps } from './SayingField'
import { callersHelp, callersName } from './told'

/** What is kept of callers, and whose calls are not taken. */
export function Privacy({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part
      title={t('Privacy and blocking')}
      about={t('Those who are rung never see a caller’s number: they see the group’s.')}
    >
      <Radio.Group label={t('What is kept of callers')} {...form.getInputProps('answering.callers')}>
        <Stack gap={6} mt={6}>
          {CALLERS.map((callers) => (
            <Radio
              key={callers}
              value={callers}
              label={callersName(callers)}
              description={callersHelp(callers)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <TagsInput
        label={t('Blocked callers')}
        description={t('Their calls are refused politely, and nobody is rung.')}
        placeholder="+441632960777"
        {...form.getInputProps('answering.blocked')}
      />
      <Switch
        label={t('Callers may hide their number')}
        description={t('Otherwise their calls are refused politely.')}
        {...form.getInputProps('answering.anonymous', { type: 'checkbox' })}
      />
      <NumberInput
        label={t('Calls of one caller in an hour')}
        description={t('More are refused. Leave it empty for a help line: people in a crisis redial.')}
        placeholder={t('as many as there are')}
        maw={320}
        allowDecimal={false}
        allowNegative={false}
        {...form.getInputProps('answering.calls_per_hour')}
      />
    </Part>
  )
}
