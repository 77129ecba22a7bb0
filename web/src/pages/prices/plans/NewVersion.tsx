import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { instantOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { planOf } from '../document'
import { draftOfPlan, type PlanDraft, planOfDraft } from './draft'
import { PlanForm } from './PlanForm'

const route = getRouteApi('/frame/plans/$id/new-version')

/** Another version of a plan, which prices calls from an instant on. */
export function NewVersion() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const mayChange = useSession().is('owner', 'admin')
  const [reading, setReading] = useState(0)
  const path = { params: { path: { id } } }
  const plan = $api.useQuery('get', '/api/v1/plans/{id}', path)
  const versions = $api.useQuery('get', '/api/v1/plans/{id}/versions', path)
  if (!mayChange) return <Navigate to="/plans/$id" params={{ id }} replace />
  if (plan.isPending || versions.isPending) return <Waiting />
  const reload = async () => {
    await Promise.all([plan.refetch(), versions.refetch()])
    setReading(reading + 1)
  }
  // What is changed is what was said last, also where it is still to come.
  const last = versions.data?.items.at(-1)
  if (!plan.data || !last) return <Failure error={plan.error ?? versions.error} />
  return (
    <Page title={t('New version of {{plan}}', { plan: plan.data.name })}>
      <Text c="dimmed">{t('Calls that began before keep their prices.')}</Text>
      <Revision key={reading} plan={plan.data} last={last} reload={() => void reload()} />
    </Page>
  )
}

interface RevisionProps {
  plan: Schema<'PlanInForce'>
  last: Schema<'PlanVersionDocument'>
  reload: () => void
}

function Revision({ plan, last, reload }: RevisionProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const navigate = useNavigate()
  const queries = useQueryClient()
  // What is entered is about the plan as it was when the form opened.
  const [read] = useState(plan.version)
  const send = async (draft: PlanDraft, version = read) => {
    const effective_at = draft.effective_at ? instantOf(draft.effective_at, time_zone) : undefined
    await fetchClient.PUT('/api/v1/plans/{id}', {
      params: { path: { id: plan.id }, query: { effective_at }, header: ifVersion(version) },
      body: planOfDraft(draft) as never,
    })
  }
  const show = () => void navigate({ to: `/plans/${plan.id}` })
  const done = () => {
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/plans'),
    })
    notifications.show({ message: t('The plan has a new version.') })
    show()
  }
  return (
    <PlanForm
      initial={draftOfPlan(planOf(last))}
      send={send}
      done={done}
      cancel={show}
      reload={reload}
      submit={t('Make the version')}
      isRevision
    />
  )
}
