import { Skeleton, Stack, Title } from '@mantine/core'
import { keepPreviousData } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { More } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { Empty, Failure } from '@/ui/states'
import { RecordingCard } from './RecordingCard'

interface RecordingListProps {
  /** What the API is asked for, besides whether somebody is done with it. */
  filters: { customer?: string; line?: string; kind?: string }
  /** Whether somebody has narrowed them down. */
  isFiltered?: boolean
  /** Only those that somebody is done with, or only the others. */
  done?: boolean
  /** Says of which line one is. */
  whose: (recording: Schema<'RecordingDocument'>) => ReactNode
}

/** Recordings: those that nobody is done with first, of each the newest first. */
export function RecordingList({ done, ...props }: RecordingListProps) {
  return (
    <Stack gap="xl">
      {done !== true && <Part isDone={false} {...props} />}
      {done !== false && <Part isDone isQuiet={done === undefined} {...props} />}
    </Stack>
  )
}

interface PartProps extends Omit<RecordingListProps, 'done'> {
  isDone: boolean
  /** Whether nothing is said where there is none. */
  isQuiet?: boolean
}

function Part({ filters, isFiltered, isDone, isQuiet, whose }: PartProps) {
  const { t } = useTranslation()
  const query = { ...filters, done: isDone, limit: 50 }
  // What was there stays until the answer to other filters is: nothing jumps.
  const options = { ...PAGES, placeholderData: keepPreviousData }
  const recordings = $api.useInfiniteQuery('get', '/api/v1/recordings', { params: { query } }, options)
  const { rows, error, again, more } = listed(recordings)
  if (error && !rows) return <Failure error={error} again={again} />
  if (isQuiet && !rows?.length) return null
  const title = isDone ? t('Done') : t('New')
  return (
    <Stack gap="sm" component="section" aria-label={title} aria-busy={recordings.isPlaceholderData}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {rows?.length === 0 && (
        <Empty
          title={isDone ? t('There is nothing yet.') : t('There is nothing new.')}
          isFiltered={isFiltered}
        />
      )}
      {rows?.length !== 0 && (
        <Stack gap="xs" role="list" aria-label={title} aria-busy={!rows}>
          {rows?.map((recording) => (
            <RecordingCard key={recording.id} recording={recording} whose={whose(recording)} />
          )) ??
            // biome-ignore lint/suspicious/noArrayIndexKey: cards of grey have no other key
            Array.from({ length: 3 }, (_, card) => <Skeleton key={card} height={124} />)}
        </Stack>
      )}
      {more && <More {...more} />}
    </Stack>
  )
}
