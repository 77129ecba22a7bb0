import { Anchor, SimpleGrid, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { Attention } from './Attention'
import { FirstSteps } from './FirstSteps'
import { Revenue } from './Revenue'
import { useStanding } from './standing'
import { Tiles } from './Tiles'

// With its forms, which most openings of the page do not need.
const Requests = lazy(() => import('./Requests'))

/** How things stand, and what needs attention. */
export function Overview() {
  const { t } = useTranslation()
  const isStaff = useSession().is('owner', 'admin', 'clerk', 'auditor')
  return <Page title={t('Overview')}>{isStaff ? <Standing /> : <Elsewhere />}</Page>
}

function Standing() {
  const standing = useStanding()
  if (standing.isPending) return <Waiting />
  if (!standing.data) return <Failure error={standing.error} again={() => void standing.refetch()} />
  return (
    <Stack gap="md">
      <FirstSteps standing={standing.data} />
      <Tiles standing={standing.data} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Attention standing={standing.data} />
        <Revenue days={standing.data.revenue_days} currency={standing.data.currency} />
      </SimpleGrid>
      {standing.data.top_up_requests > 0 && (
        <Suspense>
          <Requests />
        </Suspense>
      )}
    </Stack>
  )
}

/** Who only coordinates has the figures of the house nowhere, but the agents. */
function Elsewhere() {
  const { t } = useTranslation()
  return (
    <Text>
      {t('Who is there, and who is not:')}{' '}
      <Anchor component={Link} to="/agents" underline="always">
        {t('Agents')}
      </Anchor>
      {', '}
      <Anchor component={Link} to="/groups" underline="always">
        {t('Groups')}
      </Anchor>
    </Text>
  )
}
