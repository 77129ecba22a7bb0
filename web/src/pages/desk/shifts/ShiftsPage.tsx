import { Card, Grid, Skeleton, Stack, Title } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { CalendarAddress } from '@/pages/groups/calendar/CalendarAddress'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Empty, Failure } from '@/ui/states'
import { Availability } from './Availability'
import { Days } from './Days'
import { Offers } from './Offers'
import { OwnSwaps } from './OwnSwaps'
import { useSwaps } from './useShifts'

const route = getRouteApi('/frame/desk/shifts')

/** How many weeks are shown, unless the address says more. */
const USUAL = 2

/** When an agent is on duty, what it offers to others and they to it, and when it takes no shift. */
export function ShiftsPage() {
  const { t } = useTranslation()
  const { agent } = useSession()
  return (
    <Page title={t('My shifts')}>
      {agent ? <Shifts agent={agent} /> : <Empty title={t('There is no agent record of yours here.')} />}
    </Page>
  )
}

function Shifts({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const { weeks = USUAL } = route.useSearch()
  const navigate = route.useNavigate()
  const { own, offered, error, again } = useSwaps(agent)
  const show = (more: number) => void navigate({ search: { weeks: more }, replace: true, resetScroll: false })
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="xl">
          <Section title={t('Offered by others')}>
            {offered ? (
              <Offers agent={agent} swaps={offered} />
            ) : error ? (
              <Failure error={error} again={again} />
            ) : (
              <Skeleton height={62} />
            )}
          </Section>
          <Section title={t('On duty')}>
            <Days agent={agent} weeks={weeks} swaps={own ?? []} show={show} />
          </Section>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack gap="xl">
          <Section title={t('My availability')}>
            <Availability agent={agent} />
          </Section>
          <Section title={t('In my calendar')}>
            <Card withBorder padding="md">
              <CalendarAddress
                of="agents"
                id={agent}
                about={t('Your shifts of all groups, as they change.')}
              />
            </Card>
          </Section>
        </Stack>
      </Grid.Col>
      <Grid.Col span={12}>
        <Section title={t('Offered and taken')}>
          <OwnSwaps agent={agent} swaps={own} error={error} again={again} />
        </Section>
      </Grid.Col>
    </Grid>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  )
}
