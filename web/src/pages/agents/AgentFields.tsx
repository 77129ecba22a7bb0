import {
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import type { AgentValues } from './agentValues'
import { languageChoices } from './languages'
import { PhonesField } from './PhonesField'
import { PricesField } from './PricesField'
import { ShiftsField } from './ShiftsField'

export interface FieldsProps {
  form: UseFormReturnType<AgentValues>
}

/** Who an agent is and what it costs: the fields of a new one and of one that is changed. */
export function AgentFields({ form }: FieldsProps) {
  return (
    <Stack gap="sm">
      <Who form={form} />
      <NumberField form={form} />
      <PhonesField form={form} />
      <PricesField form={form} />
      <Terms form={form} />
      <ShiftsField form={form} />
      <Seen form={form} />
    </Stack>
  )
}

function Who({ form }: FieldsProps) {
  const { t, language } = useTranslation()
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label={t('Name')}
          description={t('as callers know it')}
          required
          data-autofocus
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TextInput
          type="email"
          label={t('E-mail')}
          description={t('for statements and notices')}
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
      </SimpleGrid>
      <MultiSelect
        label={t('Languages')}
        description={t('the best one first')}
        data={languageChoices(language, form.getValues().languages)}
        searchable
        hidePickedOptions
        key={form.key('languages')}
        {...form.getInputProps('languages')}
      />
    </>
  )
}

function NumberField({ form }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <TextInput
      label={t('Number')}
      description={t(
        'What callers dial: an extension that no line has. It rings the first of the phones that is a line here.',
      )}
      key={form.key('number')}
      {...form.getInputProps('number')}
    />
  )
}

/** What callers see of it. */
function Seen({ form }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <Textarea
        label={t('About the agent')}
        description={t('what callers read of it')}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        key={form.key('about')}
        {...form.getInputProps('about')}
      />
      <Switch
        label={t('Everybody may see its page')}
        description={t('Name, languages, what it says of itself, whether it takes calls, and what they cost')}
        key={form.key('public')}
        {...form.getInputProps('public', { type: 'checkbox' })}
      />
    </>
  )
}

function Terms({ form }: FieldsProps) {
  const { t, language } = useTranslation()
  const { time_zone } = useSession().tenant
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <NumberInput
        label={t('Share')}
        description={t('of what is charged, without its tax')}
        required
        suffix=" %"
        decimalScale={1}
        decimalSeparator={language === 'de' ? ',' : '.'}
        allowedDecimalSeparators={['.', ',']}
        allowNegative={false}
        min={0}
        max={100}
        key={form.key('share')}
        {...form.getInputProps('share')}
      />
      <Select
        label={t('Time zone')}
        description={t('of the days of its figures')}
        placeholder={time_zone}
        data={Intl.supportedValuesOf('timeZone')}
        searchable
        clearable
        limit={50}
        key={form.key('time_zone')}
        {...form.getInputProps('time_zone')}
      />
    </SimpleGrid>
  )
}
