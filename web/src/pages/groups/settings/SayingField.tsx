import { Button, Collapse, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from '@/i18n'
import { languageChoices } from '@/pages/agents/languages'
import { SoundField } from './SoundField'
import type { SettingsValues } from './values'

export interface PartProps {
  form: UseFormReturnType<SettingsValues>
}

interface SayingFieldProps extends PartProps {
  /** Its place in the form. */
  at: string
  label: string
  help?: string
  placeholder?: string
}

/** Something that callers hear: its text, and, where somebody wants that, its language, voice and recording. */
export function SayingField({ form, at, label, help, placeholder }: SayingFieldProps) {
  const { t, language } = useTranslation()
  const field = (name: string) => form.getInputProps(`${at}.${name}`)
  const filled = ['language', 'voice', 'audio'].some((name) => field(name).value)
  const [isOpen, { toggle }] = useDisclosure(filled)
  const shown = isOpen || ['language', 'voice', 'audio'].some((name) => field(name).error)
  const spoken = field('language')
  return (
    <Stack gap={4}>
      <Textarea
        label={label}
        description={help}
        placeholder={placeholder}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        {...field('text')}
      />
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={toggle}
        aria-expanded={shown}
        aria-label={t('{{what}}: language, voice, recording', { what: label })}
        w="max-content"
      >
        {t('Language, voice, recording')}
      </Button>
      <Collapse expanded={shown}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label={t('Language')}
            placeholder={t('that of the company')}
            data={languageChoices(language, spoken.value ? [spoken.value] : [])}
            searchable
            clearable
            {...spoken}
            value={spoken.value || null}
            onChange={(tag) => spoken.onChange(tag ?? '')}
          />
          <TextInput
            label={t('Voice')}
            description={t('as Asterisk or Twilio call it')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            {...field('voice')}
          />
        </SimpleGrid>
        <SoundField form={form} at={`${at}.audio`} of={label} />
      </Collapse>
    </Stack>
  )
}
