import { Box, Button, Stack, Text, VisuallyHidden } from '@mantine/core'
import { Fragment, useState } from 'react'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ActorName } from '@/ui/ActorName'
import { type Change, difference } from './changes'
import { Subject } from './subject'

/** How many fields are shown at first. */
const AT_FIRST = 4

interface DifferenceProps {
  before?: unknown
  after?: unknown
}

/** What a change changed, field by field: what was before is struck out, what is after stands beside it. */
export function Difference({ before, after }: DifferenceProps) {
  const { t } = useTranslation()
  const [isWhole, setWhole] = useState(false)
  const changes = difference(before, after)
  const hidden = changes.length - AT_FIRST
  if (changes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('nothing that is shown')}
      </Text>
    )
  return (
    <Stack gap={2} align="flex-start" py={6}>
      {(isWhole ? changes : changes.slice(0, AT_FIRST)).map((change) => (
        <Field key={change.path} {...change} />
      ))}
      {hidden > 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t('Show less') : t('Show {{count}} more', { count: hidden })}
        </Button>
      )}
    </Stack>
  )
}

function Field({ path, before, after }: Change) {
  const { t } = useTranslation()
  return (
    <Text size="sm" ta="left" style={{ overflowWrap: 'anywhere' }}>
      {path && (
        <Text span inherit c="dimmed">
          {path.replaceAll('_', ' ')}:{' '}
        </Text>
      )}
      {before !== undefined && (
        <Box component="del" c="var(--mantine-color-red-light-color)">
          <VisuallyHidden>{t('before:')} </VisuallyHidden>
          <Value path={path} text={before} />
        </Box>
      )}
      {before !== undefined && after !== undefined && <span aria-hidden> → </span>}
      {after !== undefined && (
        <Box component="ins" td="none" c="var(--mantine-color-green-light-color)">
          <VisuallyHidden> {t('after:')} </VisuallyHidden>
          <Value path={path} text={after} />
        </Box>
      )}
    </Text>
  )
}

/** Ids of records lead to their pages, instants are the tenant's, and what is so or not is said in words. */
function Value({ path, text }: { path: string; text: string }) {
  const { t } = useTranslation()
  if (text === 'true' || text === 'false') return text === 'true' ? t('yes') : t('no')
  const at = instant(path, text)
  if (at) return Date.parse(at) === 0 ? t('from the beginning') : <Time at={at} style="exact" />
  const parts = text.split(', ')
  if (!parts.every((part) => RECORD.test(part))) return text
  return parts.map((part, place) => (
    <Fragment key={part}>
      {place > 0 && ', '}
      {part.startsWith('user:') ? <ActorName actor={part} /> : <Subject id={part} />}
    </Fragment>
  ))
}

/** The id of a record, or somebody who acts. */
const RECORD = /^(user:)?[a-z]+_[0-9a-z]{26}$/

/** An instant that is written as such, or as the milliseconds by which the ledger has it. */
function instant(path: string, text: string): string | undefined {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return text
  return /_at$/.test(path) && /^\d{12,13}$/.test(text) ? new Date(Number(text)).toISOString() : undefined
}
