import { Badge, Group, Progress, Stack, Text } from '@mantine/core'
import { $api, fetchClient, type Schema } from '@/api/client'
import { durationText, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { AgentName } from '@/ui/names'
import { useDone } from './done'
import { GrantAllowance } from './GrantAllowance'
import { useMayChange } from './rights'

type Allowance = Schema<'AllowanceDocument'>

/** The free minutes that a customer was granted: what is left of each, and which one is used first. */
export function Allowances({ customer }: { customer: Schema<'CustomerDocument'> }) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const tenant = $api.useQuery('get', '/api/v1/tenant')
  const allowances = $api.useQuery('get', '/api/v1/customers/{id}/allowances', {
    params: { path: { id: customer.id } },
  })
  const settings = tenant.data?.settings as { allowance_order?: string } | undefined
  const isExpiringFirst = settings?.allowance_order === 'expiring_first'
  const rows = allowances.data && inOrder(allowances.data.items, isExpiringFirst)
  const grant = mayChange && <GrantAllowance customer={customer.id} />
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {isExpiringFirst
            ? t('Those that expire first are used first, then the oldest.')
            : t('The oldest are used first.')}
        </Text>
        {grant}
      </Group>
      <List
        label={t('Allowances')}
        columns={useColumns(rows, mayChange)}
        rows={rows}
        rowKey={({ id }) => id}
        error={allowances.error}
        again={() => void allowances.refetch()}
        empty={{ title: t('There are no free minutes.'), action: grant }}
        expected={2}
      />
    </Stack>
  )
}

function useColumns(rows: Allowance[] | undefined, mayChange: boolean): Column<Allowance>[] {
  const { t } = useTranslation()
  const columns: Column<Allowance>[] = [
    {
      key: 'order',
      title: t('Order of use'),
      cell: (row) => <Turn allowance={row} place={(rows?.filter(isUsable).indexOf(row) ?? -1) + 1} />,
    },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason },
    {
      key: 'agent',
      title: t('For calls to'),
      cell: ({ agent }) => (agent ? <AgentName id={agent} /> : t('any agent')),
    },
    { key: 'left', title: t('Left'), cell: (row) => <Left allowance={row} />, width: 200 },
    { key: 'granted', title: t('Granted'), cell: ({ granted_at }) => <Time at={granted_at} style="date" /> },
    { key: 'expires', title: t('Expires'), cell: ({ expires_at }) => <Time at={expires_at} /> },
  ]
  const revoke: Column<Allowance> = {
    key: 'revoke',
    title: t('Action'),
    cell: (row) => (isUsable(row) ? <Revoke allowance={row} /> : '–'),
  }
  return mayChange ? [...columns, revoke] : columns
}

function leftOf({ granted_seconds, used_seconds, held_seconds }: Allowance): number {
  return granted_seconds - used_seconds - held_seconds
}

const isExpired = ({ expires_at }: Allowance) =>
  Boolean(expires_at) && Date.parse(expires_at ?? '') <= Date.now()
const isUsable = (row: Allowance) => !row.revoked_at && !isExpired(row) && leftOf(row) > 0

/** Those that can be used in the order of their use, then the others. They come in the order of granting. */
function inOrder(allowances: Allowance[], isExpiringFirst: boolean): Allowance[] {
  const end = ({ expires_at }: Allowance) => (expires_at ? Date.parse(expires_at) : Number.POSITIVE_INFINITY)
  const usable = allowances.filter(isUsable)
  if (isExpiringFirst)
    usable.sort((one, other) => (end(one) < end(other) ? -1 : end(one) > end(other) ? 1 : 0))
  return [...usable, ...allowances.filter((row) => !isUsable(row)).reverse()]
}

function Turn({ allowance, place }: { allowance: Allowance; place: number }) {
  const { t } = useTranslation()
  if (place > 0) return place === 1 ? <Badge variant="light">{t('next')}</Badge> : `${place}.`
  return (
    <Badge variant="light" color="gray">
      {allowance.revoked_at ? t('taken back') : isExpired(allowance) ? t('expired') : t('used up')}
    </Badge>
  )
}

function Left({ allowance }: { allowance: Allowance }) {
  const { t } = useTranslation()
  const { granted_seconds, held_seconds } = allowance
  const left = leftOf(allowance)
  return (
    <Stack gap={2} py={4}>
      <Text size="sm" className="figures">
        {t('{{left}} of {{granted}} min', {
          left: durationText(left),
          granted: durationText(granted_seconds),
        })}
        {held_seconds > 0 && ` (${t('{{held}} held', { held: durationText(held_seconds) })})`}
      </Text>
      <Progress value={granted_seconds > 0 ? (left / granted_seconds) * 100 : 0} size="xs" aria-hidden />
    </Stack>
  )
}

function Revoke({ allowance: { id, reason } }: { allowance: Allowance }) {
  const { t } = useTranslation()
  const tell = useDone()
  const run = async (header: { 'Idempotency-Key': string }) => {
    await fetchClient.POST('/api/v1/allowances/{id}/revoke', { params: { path: { id }, header } })
    tell(t('The allowance is taken back.'))
  }
  return (
    <ConfirmButton
      label={t('Take back')}
      warning={t('What is left of "{{reason}}" is lost. What is used of it stays used.', { reason })}
      run={run}
      size="compact-xs"
    />
  )
}
