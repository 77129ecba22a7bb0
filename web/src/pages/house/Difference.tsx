import { Box, Button, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useState } from 'react'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Change, difference } from './changes'
import { placeOf, Subject } from './subject'

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
  if (/^[a-z]+_[0-9a-z]{26}$/.test(text) && placeOf(text)) return <Subject id={text} />
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return <Time at={text} style="exact" />
  // Some records are kept with the instants of the ledger: milliseconds.
  if (/_at$/.test(path) && /^\d{12,13}$/.test(text))
    return <Time at={new Date(Number(text)).toISOString()} style="exact" />
  if (text === 'true' || text === 'false') return text === 'true' ? t('yes') : t('no')
  return text
}
