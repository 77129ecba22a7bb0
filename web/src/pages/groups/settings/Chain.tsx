import { ActionIcon, Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'
import type { Fallback } from './answering'
import { type PartProps, SayingField } from './SayingField'
import { kindNames } from './told'
import { useGroups } from './useGroups'
import { type FallbackValues, NEW_FALLBACK } from './values'

const MOST = 10

interface ChainProps extends PartProps {
  /** Which of the two. */
  name: 'nobody_on_duty' | 'no_answer'
  title: string
  /** The id of the group itself: it does not follow on itself. */
  group: string
}

/** What follows, one after another: entries are added, moved and removed by buttons. */
export function Chain({ form, name, title, group }: ChainProps) {
  const { t } = useTranslation()
  const at = `answering.${name}`
  const chain = form.getValues().answering[name]
  // Whatever comes after it is never reached.
  const end = chain.findIndex(({ kind }) => kind === 'voicemail' || kind === 'message')
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Text fw={500} size="sm">
        {title}
      </Text>
      {chain.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Callers hear that nobody is there, and the call ends.')}
        </Text>
      )}
      {chain.map((entry, place) => (
        <Entry
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry is known by its place
          key={place}
          form={form}
          list={at}
          place={place}
          entry={entry}
          isLast={place === chain.length - 1}
          isReached={end < 0 || place <= end}
          group={group}
        />
      ))}
      <Button
        variant="default"
        size="xs"
        w="max-content"
        leftSection={<IconPlus size={14} />}
        aria-label={t('Add what follows: {{when}}', { when: title })}
        disabled={chain.length >= MOST}
        data-path={at}
        onClick={() => form.insertListItem(at, NEW_FALLBACK)}
      >
        {t('Add what follows')}
      </Button>
    </Stack>
  )
}

interface EntryProps extends PartProps {
  list: string
  place: number
  entry: FallbackValues
  isLast: boolean
  isReached: boolean
  group: string
}

function Entry({ form, list, place, entry, isLast, isReached, group }: EntryProps) {
  const { t } = useTranslation()
  const at = `${list}.${place}`
  const kinds = kindNames()
  const which = `${place + 1}. ${kinds[entry.kind]}`
  return (
    <Card withBorder padding="xs" role="group" aria-label={which}>
      <Stack gap="xs">
        <Group gap={6} wrap="nowrap">
          <Text size="sm" c="dimmed" className="figures" aria-hidden>
            {place + 1}.
          </Text>
          <Select
            aria-label={t('What follows')}
            flex={1}
            miw={0}
            allowDeselect={false}
            data={Object.entries(kinds).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps(`${at}.kind`)}
          />
          <Moves form={form} list={list} place={place} isLast={isLast} which={which} />
        </Group>
        <What form={form} at={at} kind={entry.kind} group={group} />
        {!isReached && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('This is never reached: what is above ends the call.')}
          </Text>
        )}
      </Stack>
    </Card>
  )
}

interface MovesProps extends PartProps {
  list: string
  place: number
  isLast: boolean
  which: string
}

function Moves({ form, list, place, isLast, which }: MovesProps) {
  const { t } = useTranslation()
  const to = (next: number) => form.reorderListItem(list, { from: place, to: next })
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        size="input-sm"
        disabled={place === 0}
        aria-label={t('Up: {{which}}', { which })}
        onClick={() => to(place - 1)}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="input-sm"
        disabled={isLast}
        aria-label={t('Down: {{which}}', { which })}
        onClick={() => to(place + 1)}
      >
        <IconArrowDown size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="input-sm"
        aria-label={t('Remove: {{which}}', { which })}
        onClick={() => form.removeListItem(list, place)}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  )
}

interface WhatProps extends PartProps {
  at: string
  kind: Fallback['kind']
  group: string
}

function What({ form, at, kind, group }: WhatProps) {
  const { t } = useTranslation()
  const groups = useGroups().filter(({ id }) => id !== group)
  if (kind === 'group')
    return (
      <Select
        label={t('Which group')}
        searchable
        allowDeselect={false}
        required
        nothingFoundMessage={t('Nothing found')}
        data={groups.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.getInputProps(`${at}.group`)}
      />
    )
  if (kind === 'number')
    return (
      <TextInput
        type="tel"
        label={t('Which number')}
        description={t('An extension, or a number with its country.')}
        required
        {...form.getInputProps(`${at}.number`)}
      />
    )
  if (kind === 'message')
    return <SayingField form={form} at={`${at}.saying`} label={t('What callers hear before the call ends')} />
  return null
}
