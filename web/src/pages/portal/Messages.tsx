import { Anchor, Box, Button, Card, Grid, Menu, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconPencil } from '@tabler/icons-react'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Composer } from '@/pages/messages/Composer'
import { Conversations } from '@/pages/messages/Conversations'
import { Thread } from '@/pages/messages/Thread'
import { useCallable } from './agents'
import { OwnPage } from './OwnCustomer'

const list = getRouteApi('/frame/portal/messages')
const one = getRouteApi('/frame/portal/messages/$id')

/** A customer's conversations, or the beginning of a new one. */
export function Messages() {
  const { to } = list.useSearch()
  return <Shown to={to} />
}

/** One of them, beside the others where there is room. */
export function OneConversation() {
  return <Shown current={one.useParams().id} />
}

function Shown({ current, to }: { current?: string; to?: string }) {
  const { t } = useTranslation()
  const isOne = Boolean(current || to)
  return (
    <OwnPage title={t('My messages')}>
      {(customer) => (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 4 }} visibleFrom={isOne ? 'md' : undefined}>
            <Stack gap="sm">
              <Write customer={customer} />
              <Conversations
                kind="customer"
                of={customer}
                current={current}
                to={({ id }) => `/portal/messages/${id}`}
              />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 8 }}>
            {isOne && (
              <Anchor component={Link} to="/portal/messages" hiddenFrom="md" size="sm">
                <IconArrowLeft size={14} aria-hidden /> {t('All conversations')}
              </Anchor>
            )}
            {current && <Thread conversation={current} me="customer" />}
            {to && <First customer={customer} agent={to} />}
          </Grid.Col>
        </Grid>
      )}
    </OwnPage>
  )
}

/** Chooses to whom is written. */
function Write({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const agents = useCallable(customer).data?.filter(({ price_per_message }) => price_per_message)
  if (!agents?.length) return null
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button leftSection={<IconPencil size={16} />} style={{ alignSelf: 'flex-start' }}>
          {t('Write to an agent')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {agents.map(({ id, name, price_per_message, currency }) => (
          <Menu.Item
            key={id}
            component={Link}
            to="/portal/messages"
            search={{ to: id } as never}
            rightSection={
              <Text size="sm" c="dimmed" className="figures">
                {amountText(price_per_message ?? '0', currency)}
              </Text>
            }
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** The first message to an agent, or the next one. */
function First({ customer, agent }: { customer: string; agent: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const name = useCallable(customer).data?.find(({ id }) => id === agent)?.name
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h4">
        {t('To {{agent}}', { agent: name ?? '…' })}
      </Title>
      <Box mt="sm">
        <Composer
          customer={customer}
          agent={agent}
          me="customer"
          sent={({ conversation }) => void navigate({ to: `/portal/messages/${conversation}` })}
        />
      </Box>
    </Card>
  )
}
