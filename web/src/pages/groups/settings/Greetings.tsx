import { ActionIcon, Button, Card, Group, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'
import { languageChoices } from '@/pages/agents/languages'
import { Part } from './Part'
import { type PartProps, SayingField } from './SayingField'
import { NEW_LANGUAGE } from './values'

const AT = 'answering.languages'
const KEYS = [...'1234567890']
const MOST = 9

/** What callers hear first, and in which language. */
export function Greetings({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part
      title={t('Greeting and languages')}
      about={t('Callers hear the greeting before anybody is rung; without one it rings at once.')}
    >
      <SayingField form={form} at="answering.greeting" label={t('Greeting')} placeholder={t('none')} />
      <SayingField
        form={form}
        at="answering.closed_greeting"
        label={t('Greeting on closed days')}
        help={t('In the place of the greeting, on dates on which the roster closes the group.')}
        placeholder={t('the greeting')}
      />
      <Languages form={form} />
    </Part>
  )
}

/** The languages between which callers choose by a key. */
function Languages({ form }: PartProps) {
  const { t } = useTranslation()
  const { languages } = form.getValues().answering
  const free = KEYS.find((key) => languages.every((choice) => choice.key !== key)) ?? ''
  return (
    <Stack gap="sm">
      {languages.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('Callers choose no language.')}
        </Text>
      ) : (
        <SayingField
          form={form}
          at="answering.language_menu"
          label={t('Before they choose')}
          help={t('Say which key stands for which language. Those on duty who speak it are rung first.')}
          placeholder={t('Press 1 for English, 2 for Spanish.')}
        />
      )}
      {languages.map((choice, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a choice is known by its place
        <Language key={at} form={form} at={at} name={choice.key} />
      ))}
      <Button
        variant="default"
        size="xs"
        w="max-content"
        leftSection={<IconPlus size={14} />}
        disabled={languages.length >= MOST}
        onClick={() => form.insertListItem(AT, { ...NEW_LANGUAGE, key: free })}
      >
        {t('Add a language')}
      </Button>
    </Stack>
  )
}

function Language({ form, at, name }: { at: number; name: string } & PartProps) {
  const { t, language } = useTranslation()
  const spoken = form.getInputProps(`${AT}.${at}.language`)
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <Select
            label={t('Key')}
            data={KEYS}
            w={72}
            allowDeselect={false}
            {...form.getInputProps(`${AT}.${at}.key`)}
          />
          <Select
            label={t('Language')}
            flex={1}
            data={languageChoices(language, spoken.value ? [spoken.value] : [])}
            searchable
            allowDeselect={false}
            required
            {...spoken}
          />
          <ActionIcon
            variant="default"
            size="input-sm"
            mt={25}
            aria-label={t('Remove the language of key {{name}}', { name })}
            onClick={() => form.removeListItem(AT, at)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
        <SayingField
          form={form}
          at={`${AT}.${at}.greeting`}
          label={t('Greeting in this language')}
          placeholder={t('the greeting')}
        />
      </Stack>
    </Card>
  )
}
