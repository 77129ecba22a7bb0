import { Card, SimpleGrid, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { OwnDetails } from './OwnDetails'
import { OwnPassword } from './OwnPassword'
import { OwnSessions } from './OwnSessions'
import { SecondFactor } from './SecondFactor'

/** What everybody sets for themselves. */
export function ProfilePage() {
  const { t } = useTranslation()
  const me = $api.useQuery('get', '/api/v1/me', {})
  if (me.isPending) return <Waiting />
  if (!me.data) return <Failure error={me.error} again={() => me.refetch()} />
  return (
    <Page title={t('Profile and sign-in')}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Part title={t('You')}>
          <OwnDetails me={me.data} />
        </Part>
        <Stack gap="md">
          <Part title={t('Password')}>
            <OwnPassword />
          </Part>
          <Part title={t('Second factor')}>
            <SecondFactor isOn={me.data.second_factor} />
          </Part>
        </Stack>
      </SimpleGrid>
      <Part title={t('Where you are signed in')}>
        <OwnSessions />
      </Part>
    </Page>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder padding="md" component="section">
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  )
}
