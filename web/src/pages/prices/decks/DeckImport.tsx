import { Button, Code, FileButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileText } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { Refusal } from '@/api/problem'
import { instantOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Failure } from '@/ui/states'
import { Difference } from './Difference'

interface DeckImportProps {
  id: string
  currency: string
  close: () => void
}

const AS_CSV = { headers: { 'Content-Type': 'text/csv' }, bodySerializer: (body: unknown) => String(body) }

/** New prices out of a CSV file: the difference is shown before it applies. */
export function DeckImport({ id, currency, close }: DeckImportProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const queries = useQueryClient()
  const [csv, setCsv] = useState('')
  const [from, setFrom] = useState('')
  const effective_at = from ? instantOf(from, time_zone) : undefined
  const compared = useMutation({
    mutationFn: async () => {
      const params = { path: { id }, query: { effective_at } }
      const { data } = await fetchClient.POST('/api/v1/decks/{id}/compare', { params, body: csv, ...AS_CSV })
      return data as Schema<'DifferenceDocument'>
    },
  })
  const applied = useMutation({
    mutationFn: async (version: number) => {
      const params = { path: { id }, query: { effective_at }, header: ifVersion(version) }
      await fetchClient.PUT('/api/v1/decks/{id}/entries', { params, body: csv, ...AS_CSV })
    },
    onSuccess: () => {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/decks'),
      })
      notifications.show({ message: t('The rate deck has a new version.') })
      close()
    },
  })
  // What was compared is what applies: whatever is changed is compared again.
  const again = (change: () => void) => {
    change()
    compared.reset()
    applied.reset()
  }
  const difference = compared.data
  const faults = useFaults(compared.error)
  return (
    <Stack gap="sm">
      <Source csv={csv} change={(text) => again(() => setCsv(text))} fault={faults} />
      <TextInput
        type="datetime-local"
        label={t('In force from')}
        description={t('Empty for at once. Times in {{zone}}.', { zone: time_zone })}
        value={from}
        onChange={(event) => again(() => setFrom(event.currentTarget.value))}
        maw={280}
      />
      {compared.error && !faults && <Failure error={compared.error} />}
      {difference && <Difference difference={difference} currency={currency} />}
      {applied.error && <Failure error={applied.error} again={() => compared.mutate()} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {t('Cancel')}
        </Button>
        {difference ? (
          <Button
            loading={applied.isPending}
            disabled={isSame(difference)}
            onClick={() => applied.mutate(difference.version)}
          >
            {t('Apply')}
          </Button>
        ) : (
          <Button loading={compared.isPending} disabled={csv.trim() === ''} onClick={() => compared.mutate()}>
            {t('Show the difference')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

/** How many faulty lines are named. */
const MOST = 5

/** What is wrong with the lines of the CSV, if that is what was refused. */
function useFaults(error: unknown): string | undefined {
  const { t } = useTranslation()
  const errors = error instanceof Refusal ? error.problem?.errors : undefined
  const faulty = errors?.filter(({ line }) => line) ?? []
  if (faulty.length === 0) return undefined
  const said = faulty
    .slice(0, MOST)
    .map(({ line, detail }) => t('Line {{line}}: {{fault}}', { line: line ?? 0, fault: detail }))
  const more = faulty.length - said.length
  return [...said, ...(more > 0 ? [t('and {{number}} more', { number: more })] : [])].join('\n')
}

function isSame({ added, removed, changed }: Schema<'DifferenceDocument'>): boolean {
  return added.count + removed.count + changed.count === 0
}

interface SourceProps {
  csv: string
  change: (csv: string) => void
  /** What is wrong with it, line by line. */
  fault: string | undefined
}

/** The CSV: from a file, or pasted. */
function Source({ csv, change, fault }: SourceProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const read = async (file: File | null) => {
    if (!file) return
    setName(file.name)
    change(await file.text())
  }
  return (
    <>
      <Text size="sm">
        {t('All prices of the rate deck, as CSV. Prefixes that are not in it are removed. Columns:')}{' '}
        <Code>prefix, price_per_minute</Code> {t('and, where wanted,')}{' '}
        <Code>destination, increment_seconds, connect_fee, included</Code>
      </Text>
      <Group gap="sm">
        <FileButton onChange={(file) => void read(file)} accept=".csv,text/csv,text/plain">
          {(props) => (
            <Button variant="default" size="xs" leftSection={<IconFileText size={16} />} {...props}>
              {t('Choose a file')}
            </Button>
          )}
        </FileButton>
        <Text size="sm">{name}</Text>
      </Group>
      <Textarea
        label={t('Or paste it')}
        value={csv}
        onChange={(event) => change(event.currentTarget.value)}
        autosize
        minRows={4}
        maxRows={8}
        placeholder={'prefix,price_per_minute,destination\n44,0.03,United Kingdom'}
        error={fault}
        errorProps={{ role: 'alert' }}
        styles={{
          input: { fontFamily: 'var(--mantine-font-family-monospace)' },
          error: { whiteSpace: 'pre-line' },
        }}
        spellCheck={false}
      />
    </>
  )
}
