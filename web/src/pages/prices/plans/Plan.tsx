import { Badge, Button } from '@mantine/core'
import { IconCalculator, IconPencil } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { planOf } from '../document'
import { kindName } from '../words'
import { PlanFacts } from './PlanFacts'
import { PlanSubscribers } from './PlanSubscribers'
import { PlanVersions } from './PlanVersions'

const route = getRouteApi('/frame/plans/$id')

/** A plan: what it costs now, its versions, and the lines that have it. */
export function PlanPage() {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin')
  const { id } = route.useParams()
  const plan = $api.useQuery('get', '/api/v1/plans/{id}', { params: { path: { id } } })
  if (plan.isPending) return <Waiting />
  if (!plan.data) return <Failure error={plan.error} again={() => void plan.refetch()} />
  const { name, kind, in_force } = plan.data
  return (
    <Page
      title={name}
      mark={
        <Badge variant="light" radius="sm">
          {kindName(kind)}
        </Badge>
      }
      actions={
        <>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconCalculator size={16} />}
            component={Link}
            to="/calculator"
            search={{ plan: id } as never}
          >
            {t('What would it cost?')}
          </Button>
          {mayChange && (
            <Button
              size="xs"
              leftSection={<IconPencil size={16} />}
              component={Link}
              to={`/plans/${id}/new-version`}
            >
              {t('New version')}
            </Button>
          )}
        </>
      }
    >
      {in_force && <PlanFacts plan={planOf(in_force)} />}
      <PlanVersions id={id} inForce={in_force?.id} />
      <PlanSubscribers plan={id} />
    </Page>
  )
}
