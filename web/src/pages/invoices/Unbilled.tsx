import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Period } from '@/format/day'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { CustomerName } from '@/ui/names'
import { Failure } from '@/ui/states'

/** The periods that could not be billed, with what is to be done. Nothing, where there are none. */
export function Unbilled() {
  const { t } = useTranslation()
  const failures = $api.useQuery('get', '/api/v1/bill-runs/failures')
  if (failures.error) return <Failure error={failures.error} again={() => void failures.refetch()} />
  const items = failures.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={t('{{count}} periods could not be billed', {
        count: items.length,
        defaultValue_one: '{{count}} period could not be billed',
        defaultValue_other: '{{count}} periods could not be billed',
      })}
    >
      <Stack gap="sm">
        <Text size="sm">
          {t(
            'Put right what the reason names, then run the bills again. Nobody else’s invoices wait for these, and nothing is lost.',
          )}
        </Text>
        {items.map((failure) => (
          <UnbilledPeriod key={`${failure.customer}${failure.line}${failure.period.from}`} {...failure} />
        ))}
      </Stack>
    </Alert>
  )
}

function UnbilledPeriod({ customer, line, period, reason, retry_at }: Schema<'UnbilledDocument'>) {
  const { t } = useTranslation()
  return (
    <Group justify="space-between" gap="sm">
      <Stack gap={0}>
        <Text size="sm">
          <CustomerName id={customer} /> · <Period of={period} />
        </Text>
        <Text size="sm">{reason}</Text>
        {retry_at && (
          <Text size="sm" c="dimmed">
            {t('Tried again by itself:')} <Time at={retry_at} />
          </Text>
        )}
      </Stack>
      <Button
        component={Link}
        to={line ? `/lines/${line}` : `/customers/${customer}`}
        size="xs"
        variant="default"
      >
        {line ? t('Go to the line') : t('Go to the customer')}
      </Button>
    </Group>
  )
}
