import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { newDraft, type PlanDraft, planOfDraft } from './draft'
import { PlanForm } from './PlanForm'

/** A plan to be made. */
export function NewPlan() {
  const { t } = useTranslation()
  const { tenant, is } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [headers] = useState(once)
  const made = useRef<string>(undefined)
  const send = async (draft: PlanDraft) => {
    const { data } = await fetchClient.POST('/api/v1/plans', {
      params: { header: headers },
      body: planOfDraft(draft) as never,
    })
    made.current = data?.id
  }
  const done = () => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === '/api/v1/plans' })
    notifications.show({ message: t('The plan is made.') })
    void navigate({ to: `/plans/${made.current}` })
  }
  if (!is('owner', 'admin')) return <Navigate to="/plans" replace />
  return (
    <Page title={t('New plan')}>
      <PlanForm
        initial={newDraft(tenant.currency)}
        send={send}
        done={done}
        cancel={() => void navigate({ to: '/plans' })}
        submit={t('Make the plan')}
      />
    </Page>
  )
}
