import { Card, Skeleton, Stack, Table, Text } from '@mantine/core'
import { keepPreviousData } from '@tanstack/react-query'
import { $api, type Schema } from '@/api/client'
import { Period } from '@/format/day'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'

interface ProRataProps {
  line: Schema<'LineDocument'>
  mode: string
  /** The plan that it would have. */
  plan: string
  /** The day from which on. */
  day: string
  /** The instant; now, where it is not given. */
  from: string | null
}

/** What a change of plan does to the fee of the running period: each plan pays for its part. */
export function ProRata({ line, mode, plan, day, from }: ProRataProps) {
  const { t } = useTranslation()
  const params = { path: { id: line.id }, query: { plan, from: from ?? undefined } }
  const preview = $api.useQuery(
    'get',
    '/api/v1/lines/{id}/plan/preview',
    { params },
    { placeholderData: keepPreviousData },
  )
  if (preview.error) return <Failure error={preview.error} />
  if (!preview.data) return <Skeleton height={120} />
  const { period, currency, before, after } = preview.data
  return (
    <Card withBorder padding="sm" aria-live="polite">
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {t('The fee of the running period')}, <Period of={period} />
        </Text>
        {day >= period.to ? (
          <Text size="sm">{t('The change is after it: this period stays as it is.')}</Text>
        ) : (
          <Parts fee={after} currency={currency} />
        )}
        <Text size="sm" c="dimmed">
          {t('Without the change it is')} <Money amount={before.total} currency={currency} />.{' '}
          {mode === 'prepaid'
            ? t('What more or less it comes to is taken from the balance, or given back, at once.')
            : t('It is on the invoice for this period; tax comes on top.')}
        </Text>
      </Stack>
    </Card>
  )
}

function Parts({ fee, currency }: { fee: Schema<'PeriodFee'>; currency: string }) {
  const { t } = useTranslation()
  const part = (share: Schema<'PeriodFeePart'>['share']) => {
    if (!share) return t('the whole period')
    const { part, of, unit } = share
    return unit === 'days'
      ? t('{{part}} of {{of}} days', { part, of })
      : t('{{part}} of {{of}} seconds', { part, of })
  }
  return (
    <Table verticalSpacing={4} withRowBorders={false}>
      <Table.Tbody>
        {fee.parts.map(({ name, share, amount }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same plan may be there twice
          <Table.Tr key={place}>
            <Table.Td pl={0}>{name}</Table.Td>
            <Table.Td className="figures">{part(share)}</Table.Td>
            <Table.Td ta="right" pr={0}>
              <Money amount={amount} currency={currency} />
            </Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Td pl={0} colSpan={2} fw={650}>
            {t('With the change')}
          </Table.Td>
          <Table.Td ta="right" pr={0}>
            <Money amount={fee.total} currency={currency} fw={650} />
          </Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  )
}
