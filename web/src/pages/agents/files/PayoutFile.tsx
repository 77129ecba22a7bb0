import { Alert, Anchor, Button, Group, Stack, Table, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api, fetchClient, type once, type Schema } from '@/api/client'
import { Day } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ActorName } from '@/ui/ActorName'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Facts } from '@/ui/Facts'
import { AgentName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { useAgentsChanged } from '../changed'

type Details = Schema<'PayoutFileDetails'>

const route = getRouteApi('/frame/payout-files/$id')

/** A file by which the bank pays agents: what is in it, and what is not. */
export function PayoutFile() {
  const { id } = route.useParams()
  const query = $api.useQuery(
    'get',
    '/api/v1/payout-files/{id}',
    { params: { path: { id } } },
    // The file itself has addresses of its own.
    { select: (answer) => answer as Details },
  )
  if (query.data) return <Known file={query.data} />
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />
  return <Waiting />
}

function Known({ file }: { file: Details }) {
  const { t } = useTranslation()
  const mayUse = useSession().is('owner', 'admin', 'clerk') && file.state === 'made'
  return (
    <Page
      title={t('Bank file {{id}}', { id: file.message_id.slice(-6) })}
      mark={<StateBadge state={file.state} />}
      actions={
        mayUse && (
          <>
            {file.currency === 'EUR' && <Download file={file} form="xml" label={t('Download XML (SEPA)')} />}
            <Download file={file} form="csv" label={t('Download CSV')} />
            <Withdraw id={file.id} />
          </>
        )
      }
    >
      {file.withdrawn_at && (
        <Alert color="gray" title={t('The file was withdrawn')}>
          <Group gap="sm">
            <Time at={file.withdrawn_at} />
            <ActorName actor={file.withdrawn_by ?? ''} />
          </Group>
        </Alert>
      )}
      <Facts
        facts={[
          {
            title: t('Sum'),
            value: <Money amount={file.sum} currency={file.currency} />,
            isStrong: true,
          },
          { title: t('To be paid on'), value: <Day on={file.execution_on} /> },
          { title: t('Message id'), value: <span className="figures">{file.message_id}</span> },
          { title: t('Made'), value: <Time at={file.made_at} style="exact" /> },
          { title: t('Made by'), value: <ActorName actor={file.made_by} /> },
        ]}
      />
      <Paid file={file} />
      {file.left_out.length > 0 && <LeftOut payouts={file.left_out} />}
    </Page>
  )
}

function Download({ file, form, label }: { file: Details; form: 'xml' | 'csv'; label: string }) {
  return (
    <Button
      component="a"
      href={`/api/v1/payout-files/${file.id}.${form}`}
      download
      variant="default"
      size="xs"
      leftSection={<IconDownload size={16} />}
    >
      {label}
    </Button>
  )
}

function Withdraw({ id }: { id: string }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  const withdraw = async (header: ReturnType<typeof once>) => {
    await fetchClient.POST('/api/v1/payout-files/{id}/withdraw', { params: { path: { id }, header } })
    changed()
    notifications.show({ message: t('Its payouts come into the next file.') })
  }
  return (
    <ConfirmButton
      size="xs"
      label={t('Withdraw')}
      warning={t(
        'Only if the bank did not take the file: its payouts come into the next one, and would be paid twice.',
      )}
      run={withdraw}
    />
  )
}

/** What waits for the next file, and why. */
function LeftOut({ payouts }: { payouts: Details['left_out'] }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    no_bank_account: t('the agent has no bank account'),
    outside_sepa: t("SEPA does not reach the agent's account"),
    no_name: t("banks can read nothing of the agent's name"),
  }
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {t('Left out')}
      </Title>
      <Table.ScrollContainer minWidth={520}>
        <Table aria-label={t('Left out')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('Number')}</Table.Th>
              <Table.Th>{t('Agent')}</Table.Th>
              <Table.Th>{t('Reason')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {payouts.map(({ payout, number, agent, reason }) => (
              <Table.Tr key={payout}>
                <Table.Td>
                  <Anchor component={Link} to={`/payouts/${payout}`} inherit className="figures">
                    {number}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <AgentName id={agent} />
                </Table.Td>
                <Table.Td>{words[reason] ?? reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

function Paid({ file }: { file: Details }) {
  const { t } = useTranslation()
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label={t('Payouts')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('Number')}</Table.Th>
            <Table.Th>{t('Agent')}</Table.Th>
            <Table.Th>{t('Account')}</Table.Th>
            <Table.Th ta="right">{t('Amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {file.payouts.map((paid) => (
            <Table.Tr key={paid.payout}>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  <Anchor component={Link} to={`/payouts/${paid.payout}`} inherit className="figures">
                    {paid.number}
                  </Anchor>
                  {paid.bounced && <StateBadge state="bounced" />}
                </Group>
              </Table.Td>
              <Table.Td>
                <AgentName id={paid.agent} />
              </Table.Td>
              <Table.Td>
                {paid.holder} <span className="figures">… {paid.ending}</span>
              </Table.Td>
              <Table.Td ta="right">
                <Money amount={paid.amount} currency={file.currency} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
