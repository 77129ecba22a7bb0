import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { useDone } from '../done'

interface Rule {
  /** What tells it from the others while the list is changed. */
  key: string
  verb: 'allow' | 'deny'
  pattern: string
}

interface Values {
  in: Rule[]
  out: Rule[]
}

const made = (verb: Rule['verb'], pattern: string): Rule => ({ key: crypto.randomUUID(), verb, pattern })

function rulesOf(rules: Schema<'FilterRule'>[] | undefined): Rule[] {
  return (rules ?? []).map((rule) => ('allow' in rule ? made('allow', rule.allow) : made('deny', rule.deny)))
}

const ruleOf = ({ verb, pattern }: Rule): Schema<'FilterRule'> =>
  verb === 'allow' ? { allow: pattern.trim() } : { deny: pattern.trim() }

interface FiltersFormProps {
  line: Schema<'LineDocument'>
  close: () => void
}

/** The rules of a line's filters: of each list the first one that fits decides. */
export function FiltersForm({ line, close }: FiltersFormProps) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(line.version)
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: { in: rulesOf(line.filters.in), out: rulesOf(line.filters.out) },
  })
  const send = (values: Values, version?: number) =>
    fetchClient.PUT('/api/v1/lines/{id}/filters', {
      params: { path: { id: line.id }, header: ifVersion(version ?? read) },
      body: { in: values.in.map(ruleOf), out: values.out.map(ruleOf) },
    })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <Text size="sm">
        {t(
          'The first rule that fits decides. A pattern is a number such as 0001 or +441632960001, with ? for any digit and * at its end for whatever follows; * alone is every number.',
        )}
      </Text>
      <Rules form={form} list="in" title={t('Who may call it')} />
      <Rules form={form} list="out" title={t('What it may call')} />
    </Form>
  )
}

function Rules({
  form,
  list,
  title,
}: {
  form: UseFormReturnType<Values>
  list: keyof Values
  title: string
}) {
  const { t } = useTranslation()
  return (
    <Fieldset legend={title} p="sm">
      <Stack gap="xs" align="flex-start">
        {form.getValues()[list].map(({ key }, place) => (
          <RuleRow key={key} form={form} list={list} place={place} />
        ))}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => form.insertListItem(list, made('deny', ''))}
        >
          {t('Add a rule')}
        </Button>
      </Stack>
    </Fieldset>
  )
}

interface RuleRowProps {
  form: UseFormReturnType<Values>
  list: keyof Values
  place: number
}

function RuleRow({ form, list, place }: RuleRowProps) {
  const { t } = useTranslation()
  const path = `${list}.${place}`
  const verb = form.getValues()[list][place]?.verb ?? 'deny'
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start" w="100%">
      <Select
        aria-label={t('What rule {{place}} does', { place: place + 1 })}
        data={[
          { value: 'allow', label: t('allow') },
          { value: 'deny', label: t('deny') },
        ]}
        allowDeselect={false}
        w={110}
        {...form.getInputProps(`${path}.verb`)}
      />
      <TextInput
        aria-label={t('Pattern of rule {{place}}', { place: place + 1 })}
        flex={1}
        {...form.getInputProps(`${path}.pattern`)}
        // The API names the field by what the rule does.
        data-path={`${path}.${verb}`}
        error={form.errors[`${path}.${verb}`] ?? form.errors[path]}
      />
      <ActionIcon
        variant="default"
        size="lg"
        disabled={place === 0}
        onClick={() => form.reorderListItem(list, { from: place, to: place - 1 })}
        aria-label={t('Move rule {{place}} up', { place: place + 1 })}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="lg"
        onClick={() => form.removeListItem(list, place)}
        aria-label={t('Take rule {{place}} away', { place: place + 1 })}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  )
}
