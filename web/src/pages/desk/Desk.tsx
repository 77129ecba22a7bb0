import { Grid, Stack, Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { BankAccount } from '@/pages/agents/BankAccount'
import { Conversations } from '@/pages/messages/Conversations'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/states'
import { Answered, Missed } from './CallLists'
import { Earned } from './Earned'
import { Figures } from './Figures'
import { GroupCalls } from './groupCalls/GroupCalls'
import { LiveCalls } from './LiveCalls'
import { NextShifts } from './NextShifts'
import { PhoneHint } from './PhoneHint'
import { PresenceSwitch } from './PresenceSwitch'

/** Where an agent works: whether it takes calls, what it earns, when it is on duty next, whom it writes with, and whom it missed. */
export function Desk() {
  const { t } = useTranslation()
  const { agent } = useSession()
  if (!agent)
    return (
      <Page title={t('My desk')}>
        <Empty title={t('There is no agent record of yours here.')} />
      </Page>
    )
  return (
    <Page title={t('My desk')} actions={<PresenceSwitch agent={agent} />}>
      <PhoneHint agent={agent} />
      <LiveCalls agent={agent} />
      <GroupCalls agent={agent} />
      <NextShifts agent={agent} />
      <Figures agent={agent} />
      <Earned agent={agent} />
      <BankAccount agent={agent} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Stack gap="lg">
            <Missed agent={agent} />
            <Answered agent={agent} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <Stack gap="xs">
            <Title order={2} size="h4">
              {t('Conversations')}
            </Title>
            <Conversations kind="agent" of={agent} to={({ id }) => `/desk/conversations/${id}`} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}
