// Fields of settings, each at its place in them: `billing.due_days`.
import { NumberInput, type NumberInputProps, Radio, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useSettings } from './SectionForm'

export interface FieldProps {
  /** Its place in the settings. */
  at: string
  label: string
  /** What it does, in one line. */
  help?: string
}

/** What every field takes of the form. The key has it shown anew when the form begins anew. */
export function useField({ at, label, help }: FieldProps) {
  const form = useSettings()
  const { defaultValue, onChange, ...input } = form.getInputProps(at)
  return {
    key: form.key(at),
    value: defaultValue as unknown,
    change: onChange as (value: unknown) => void,
    input: { ...input, label, description: help },
  }
}

interface TextFieldProps extends FieldProps {
  placeholder?: string
  width?: number
  type?: 'email' | 'tel'
}

export function TextField({ at, label, help, width, ...more }: TextFieldProps) {
  const { key, value, change, input } = useField({ at, label, help })
  const text = {
    ...input,
    ...more,
    defaultValue: (value as string | null) ?? '',
    styles: width ? { wrapper: { maxWidth: width } } : undefined,
  }
  return <TextInput key={key} {...text} onChange={(event) => change(event.currentTarget.value)} />
}

interface CountFieldProps extends FieldProps {
  /** What is counted: "days". */
  unit: string
  min?: number
  max?: number
  /** What an empty field says, where it may be empty. */
  empty?: string
}

/** A whole number with its unit. Where it may be empty it is then `null`. */
export function CountField({ unit, min = 0, max, empty, ...field }: CountFieldProps) {
  const { key, value, change, input } = useField(field)
  const number: NumberInputProps = {
    ...input,
    ...{ min, max, allowDecimal: false, allowNegative: false, clampBehavior: 'none' },
    defaultValue: (value as number | null) ?? '',
    placeholder: empty,
    suffix: ` ${unit}`,
    styles: { wrapper: { maxWidth: 240 } },
  }
  return <NumberInput key={key} {...number} onChange={(count) => change(count === '' ? null : count)} />
}

export function SwitchField(field: FieldProps) {
  const { key, value, change, input } = useField(field)
  return (
    <Switch
      key={key}
      {...input}
      defaultChecked={value as boolean}
      onChange={(event) => change(event.currentTarget.checked)}
    />
  )
}

interface ChoiceFieldProps extends FieldProps {
  choices: { value: string; label: string; help?: string }[]
}

/** One of a few. */
export function ChoiceField({ choices, ...field }: ChoiceFieldProps) {
  const { key, value, change, input } = useField(field)
  return (
    <Radio.Group key={key} {...input} defaultValue={value as string} onChange={change}>
      <Stack gap={6} mt={6}>
        {choices.map((choice) => (
          <Radio key={choice.value} value={choice.value} label={choice.label} description={choice.help} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

interface TagsFieldProps extends FieldProps {
  placeholder?: string
  /** What ends each of them, beside the return key. */
  splitChars?: string[]
  /** Whether they are whole numbers, kept in ascending order. */
  areNumbers?: boolean
}

/** Several short texts, each ended by a comma, a space or the return key. */
export function TagsField({
  placeholder,
  splitChars = [',', ';', ' '],
  areNumbers,
  ...field
}: TagsFieldProps) {
  const { key, value, change, input } = useField(field)
  // What is no number stays as it was typed: the server says so at the field.
  const read = (text: string) => (/^\d+$/.test(text) ? Number(text) : text)
  const ascending = (texts: string[]) => texts.map(read).sort((a, b) => Number(a) - Number(b))
  return (
    <TagsInput
      key={key}
      {...input}
      placeholder={placeholder}
      splitChars={splitChars}
      defaultValue={((value ?? []) as (string | number)[]).map(String)}
      onChange={(texts) => change(areNumbers ? ascending(texts) : texts)}
    />
  )
}
