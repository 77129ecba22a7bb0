import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { RecordPayment } from './RecordPayment'
import { useMayChange } from './rights'
import { useSuspensionWords } from './suspensionWords'

interface NoticeProps {
  lines: Schema<'LineDocument'>[]
  /** Who pays for them. */
  customer: Schema<'CustomerDocument'>
}

/** Which lines are suspended, why, and what lifts it. */
export function SuspendedNotice({ lines, customer }: NoticeProps) {
  const { t } = useTranslation()
  const words = useSuspensionWords()
  const mayChange = useMayChange()
  const suspended = lines.flatMap((line) =>
    line.suspensions
      .filter(({ to }) => line.state !== 'closed' && !to)
      .map((suspension) => ({ line, ...suspension })),
  )
  if (suspended.length === 0) return null
  const isForMoney = suspended.some(({ reason }) => reason === 'dunning' || reason === 'funds')
  return (
    <Alert
      color="red"
      icon={<IconLock />}
      title={t('Suspended: only emergency and service numbers are reached')}
    >
      <Stack gap={6}>
        {suspended.map(({ line, reason, note, from }) => (
          <Text key={line.id + reason} size="sm">
            <Anchor component={Link} to={`/lines/${line.id}`}>
              {t('Line {{number}}', { number: line.number })}
            </Anchor>
            {': '}
            {words[reason]?.why ?? reason}
            {note && ` (${note})`}, {t('since')} <Time at={from} style="date" />. {words[reason]?.cure}
          </Text>
        ))}
        {isForMoney && (
          <Group gap="md">
            {mayChange && <RecordPayment customer={customer.id} />}
            {customer.mode === 'postpaid' && (
              <Text size="sm">
                <Anchor
                  component={Link}
                  to={`/customers/${customer.id}`}
                  search={{ tab: 'invoices' } as never}
                >
                  {t('Show the invoices')}
                </Anchor>
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Alert>
  )
}
