import { Alert, Button, Group, Stack } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ImportFigures } from './ImportFigures'
import { ImportNotes } from './ImportNotes'
import { Rejects } from './Rejects'

interface AnswerProps {
  answer: Schema<'ImportAnswer'>
  /** Writes what was only checked. */
  write: () => void
}

/** What became of a file. */
export function Answer({ answer: { summary, rejects }, write }: AnswerProps) {
  const { t } = useTranslation()
  const { import: id } = summary as { import?: string | null }
  const isFine = rejects.length === 0
  return (
    <Stack gap="md" role="status">
      {id && (
        <Alert color="green" icon={<IconCheck />} title={t('It is imported')}>
          <Button component={Link} to={`/imports/${id}`} size="xs" variant="default">
            {t('Show the import')}
          </Button>
        </Alert>
      )}
      {!id && isFine && (
        <Alert icon={<IconCheck />} title={t('The file is fine. Nothing is written yet.')}>
          <Group>
            <Button size="xs" onClick={write}>
              {t('Start the import')}
            </Button>
          </Group>
        </Alert>
      )}
      {!id && !isFine && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t('Nothing is written')}>
          {t('A file of customers is written as a whole or not at all: mend these rows first.')}
        </Alert>
      )}
      <ImportFigures summary={summary} />
      <ImportNotes summary={summary} />
      <Rejects rejects={rejects} />
    </Stack>
  )
}
