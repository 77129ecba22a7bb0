import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { $api } from '@/api/client'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { LineSelect } from '@/ui/LineSelect'
import type { Asked } from '../routes'

interface CallFieldsProps {
  asked: Asked
  ask: (changes: Asked) => void
}

/** Who calls whom, when, and how long. */
export function CallFields({ asked, ask }: CallFieldsProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  return (
    <Stack gap="md">
      <Caller asked={asked} ask={ask} />
      <Called asked={asked} ask={ask} />
      <TextInput
        type="datetime-local"
        label={t('Answered at')}
        description={t('Times in {{zone}}.', { zone: time_zone })}
        value={asked.at ?? ''}
        onChange={(event) => ask({ at: event.currentTarget.value || undefined })}
      />
      <DurationField seconds={asked.seconds} change={(seconds) => ask({ seconds })} />
    </Stack>
  )
}

interface ChoiceProps {
  label: string
  choices: { value: string; label: string }[]
  chosen: string
  choose: (value: string) => void
  children: ReactNode
}

/** One of two ways to say it. */
function Choice({ label, choices, chosen, choose, children }: ChoiceProps) {
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <SegmentedControl size="xs" aria-label={label} data={choices} value={chosen} onChange={choose} />
      </Group>
      {children}
    </div>
  )
}

function Caller({ asked, ask }: CallFieldsProps) {
  const { t } = useTranslation()
  const [by, setBy] = useState(asked.line ? 'line' : 'plan')
  const plans = $api.useQuery('get', '/api/v1/plans', { params: { query: { limit: 500 } } })
  return (
    <Choice
      label={t('By')}
      choices={[
        { value: 'plan', label: t('Plan') },
        { value: 'line', label: t('Line') },
      ]}
      chosen={by}
      choose={(value) => {
        setBy(value)
        ask({ plan: undefined, line: undefined })
      }}
    >
      {by === 'line' ? (
        <LineSelect
          aria-label={t('Line')}
          value={asked.line ?? null}
          onChange={(line) => ask({ line: line ?? undefined, plan: undefined })}
        />
      ) : (
        <Select
          aria-label={t('Plan')}
          placeholder={t('Choose a plan')}
          data={(plans.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={asked.plan ?? null}
          onChange={(plan) => ask({ plan: plan ?? undefined, line: undefined })}
          searchable
        />
      )}
    </Choice>
  )
}

function Called({ asked, ask }: CallFieldsProps) {
  const { t } = useTranslation()
  const [whom, setWhom] = useState(asked.agent ? 'agent' : 'number')
  const agents = $api.useQuery('get', '/api/v1/agents', { params: { query: { limit: 500 } } })
  return (
    <Choice
      label={t('To')}
      choices={[
        { value: 'number', label: t('Number') },
        { value: 'agent', label: t('Agent') },
      ]}
      chosen={whom}
      choose={(value) => {
        setWhom(value)
        ask({ to: undefined, agent: undefined })
      }}
    >
      {whom === 'agent' ? (
        <Select
          aria-label={t('Agent')}
          placeholder={t('Choose an agent')}
          data={(agents.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={asked.agent ?? null}
          onChange={(agent) => ask({ agent: agent ?? undefined, to: undefined })}
          searchable
        />
      ) : (
        <TextInput
          aria-label={t('Number')}
          placeholder={t('such as 0002 or +44 1632 960001')}
          value={asked.to ?? ''}
          onChange={(event) => ask({ to: event.currentTarget.value, agent: undefined })}
          inputMode="tel"
        />
      )}
    </Choice>
  )
}

const USUAL = [60, 180, 600, 3600]

/** A duration: `3:00`, or seconds. */
function DurationField({ seconds, change }: { seconds?: number; change: (seconds: number) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState(seconds ? durationText(seconds) : '')
  const [isWrong, setWrong] = useState(false)
  const take = (next: string) => {
    setText(next)
    const read = secondsOf(next)
    setWrong(read === undefined)
    if (read !== undefined) change(read)
  }
  return (
    <div>
      <TextInput
        label={t('Talk')}
        description={t('minutes and seconds, such as 3:00')}
        value={text}
        onChange={(event) => take(event.currentTarget.value)}
        error={isWrong && t('such as 3:00')}
        inputMode="numeric"
      />
      <Group gap={6} mt={6}>
        {USUAL.map((usual) => (
          <Button
            key={usual}
            size="compact-xs"
            variant={usual === seconds ? 'light' : 'default'}
            onClick={() => take(durationText(usual))}
          >
            {durationText(usual)}
          </Button>
        ))}
      </Group>
    </div>
  )
}

function secondsOf(text: string): number | undefined {
  if (!/^\d+(:[0-5]?\d){0,2}$/.test(text.trim())) return undefined
  return text
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
}
