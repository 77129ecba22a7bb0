import { Skeleton, Stack } from '@mantine/core'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { RecordingCard } from './RecordingCard'

/** What was recorded of a call, in the order in which it was. */
export function CallRecordings({ ids }: { ids: string[] }) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs" role="list" aria-label={t('What was recorded')}>
      {ids.map((id) => (
        <CallRecording key={id} id={id} />
      ))}
    </Stack>
  )
}

function CallRecording({ id }: { id: string }) {
  const recording = $api.useQuery('get', '/api/v1/recordings/{id}', { params: { path: { id } } })
  if (recording.data) return <RecordingCard recording={recording.data} />
  if (recording.error) return <Failure error={recording.error} again={() => void recording.refetch()} />
  return <Skeleton height={124} />
}
