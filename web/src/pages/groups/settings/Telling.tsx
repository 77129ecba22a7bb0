import { Anchor, Switch, TagsInput, Text, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { Part } from './Part'
import type { PartProps } from './SayingField'

/** Who is told of what: agents of their shifts, the house of calls that nobody took. */
export function Telling({ form }: PartProps) {
  const { t } = useTranslation()
  const { enabled } = form.getValues().reminders
  return (
    <Part title={t('Reminders and missed calls')}>
      <Switch
        label={t('Agents are reminded of their shifts')}
        description={t('By a mail on the evening before, with all shifts of the next day.')}
        {...form.getInputProps('reminders.enabled', { type: 'checkbox' })}
      />
      {enabled && (
        <TextInput
          type="time"
          label={t('At')}
          description={t('By the clocks of the group.')}
          required
          maw={220}
          {...form.getInputProps('reminders.at')}
        />
      )}
      <Text size="sm">
        <Anchor component={Link} to="/reminders" underline="always">
          {t('Who was reminded')}
        </Anchor>
      </Text>
      <TagsInput
        label={t('Missed calls go by mail to')}
        description={t('A mail for each call that nobody has answered, and that left no message.')}
        placeholder="lead@example.org"
        {...form.getInputProps('answering.missed_calls_to')}
      />
    </Part>
  )
}
