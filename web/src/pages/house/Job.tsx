import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { Page } from '@/ui/Page'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { useJobKinds } from './jobKinds'
import { RunAgain } from './RunAgain'
import { placeOf, Subject } from './subject'

const route = getRouteApi('/frame/jobs/$id')

/** A job, with its tries and what came of them. */
export function Job() {
  const { t } = useTranslation()
  const kind = useJobKinds()
  const { id } = route.useParams()
  const job = $api.useQuery(
    'get',
    '/api/v1/jobs/{id}',
    { params: { path: { id } } },
    {
      refetchInterval: ({ state }) => (state.data?.finished_at ? false : 3000),
    },
  )
  if (job.error) return <Failure error={job.error} again={() => void job.refetch()} />
  if (!job.data) return <Waiting />
  const { key, state, attempts, created_at, due_at, finished_at, last_error, outcome } = job.data
  const about = key.split('/').find(placeOf)
  return (
    <Page
      title={kind(job.data.kind)}
      mark={<StateBadge state={state} />}
      actions={<RunAgain job={job.data} />}
    >
      {last_error && state !== 'done' && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t('Why the last try failed')}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {last_error}
          </Text>
        </Alert>
      )}
      <Facts
        facts={[
          { title: t('Tries'), value: attempts },
          { title: t('Made'), value: <Time at={created_at} style="exact" /> },
          ...(due_at ? [{ title: t('Next try'), value: <Time at={due_at} style="exact" /> }] : []),
          ...(finished_at ? [{ title: t('Ended'), value: <Time at={finished_at} style="exact" /> }] : []),
          { title: t('What came of it'), value: outcome ?? '–' },
          about
            ? { title: t('About'), value: <Subject id={about} /> }
            : { title: t('Caused by'), value: <span style={{ overflowWrap: 'anywhere' }}>{key}</span> },
        ]}
      />
    </Page>
  )
}
