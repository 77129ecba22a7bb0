import { Stack, Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { asked, type CallFilters } from './narrowing'
import { Rerate } from './Rerate'

/** Rates the calls again that the filters let through, of a period that is told. */
export function RerateFiltered({ filters }: { filters: CallFilters }) {
  const { t } = useTranslation()
  const { currency, time_zone } = useSession().tenant
  const { from, to, customer, line } = asked(filters, time_zone)
  const isNarrower = Boolean(filters.agent || filters.disposition)
  return (
    <DialogButton variant="default" label={t('Re-rate')} title={t('Rate them again')} room="lg">
      {(close) =>
        from && to ? (
          <Stack gap="sm">
            <Text size="sm">
              {t('The calls of the period, customer and line that you have filtered by.')}
            </Text>
            {isNarrower && (
              <Text size="sm" fw={600}>
                {t('Of all agents and dispositions: by these the calls cannot be chosen.')}
              </Text>
            )}
            <Rerate request={{ from, to, customer, line }} currency={currency} close={close} />
          </Stack>
        ) : (
          <Text size="sm">{t('First choose the period, with the filters of the history.')}</Text>
        )
      }
    </DialogButton>
  )
}
