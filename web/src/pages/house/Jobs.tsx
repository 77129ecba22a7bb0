import { Anchor, SegmentedControl, Text } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { useJobKinds } from './jobKinds'
import { isAgain, RunAgain } from './RunAgain'

type Job = Schema<'JobDocument'>

const route = getRouteApi('/frame/jobs')

/** What is done behind the pages: what waits, what runs, what was done and what failed. */
export function Jobs() {
  const { t } = useTranslation()
  const { state } = route.useSearch()
  const navigate = route.useNavigate()
  const jobs = $api.useInfiniteQuery(
    'get',
    '/api/v1/jobs',
    { params: { query: { state, limit: 50 } } },
    // Nothing tells when a job is done.
    { ...PAGES, refetchInterval: 10_000 },
  )
  const { rows, ...rest } = listed(jobs)
  const columns = useColumns(rows ?? [])
  const action: Column<Job> = {
    key: 'again',
    title: t('Action'),
    cell: (job) => <RunAgain job={job} size="compact-xs" />,
  }
  return (
    <Page title={t('Jobs')}>
      <SegmentedControl
        aria-label={t('State')}
        value={state ?? ''}
        onChange={(chosen) => void navigate({ search: { state: chosen || undefined }, replace: true })}
        data={[
          { value: '', label: t('all') },
          { value: 'waiting', label: t('waiting') },
          { value: 'running', label: t('running') },
          { value: 'failed', label: t('failed') },
          { value: 'done', label: t('done') },
        ]}
        style={{ alignSelf: 'flex-start' }}
        size="xs"
      />
      <List
        label={t('Jobs')}
        columns={rows?.some(isAgain) ? [...columns, action] : columns}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no jobs.'), isFiltered: Boolean(state) }}
        rows={rows}
        {...rest}
      />
    </Page>
  )
}

/** How often it was tried, and when it is again, is shown where some job needs more than one try. */
function useColumns(jobs: Job[]): Column<Job>[] {
  const { t } = useTranslation()
  const kind = useJobKinds()
  const tries: Column<Job> = {
    key: 'attempts',
    title: t('Tries'),
    cell: ({ attempts }) => attempts,
    isFigure: true,
  }
  const due: Column<Job> = {
    key: 'due',
    title: t('Next try'),
    cell: ({ due_at }) => <Time at={due_at} />,
    isFigure: true,
  }
  return [
    {
      key: 'kind',
      title: t('Job'),
      cell: (job) => (
        <Anchor component={Link} to={`/jobs/${job.id}`}>
          {kind(job.kind)}
        </Anchor>
      ),
    },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} /> },
    ...(jobs.some(({ attempts }) => attempts > 1) ? [tries] : []),
    {
      key: 'said',
      title: t('What came of it'),
      cell: ({ state, last_error, outcome }) => (
        <Text size="sm" lineClamp={2}>
          {(state === 'done' ? outcome : last_error) ?? '–'}
        </Text>
      ),
    },
    { key: 'made', title: t('Made'), cell: ({ created_at }) => <Time at={created_at} />, isFigure: true },
    ...(jobs.some(({ due_at }) => due_at) ? [due] : []),
  ]
}
