import { Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { ChoiceField, CountField } from '../fields'

/** How free seconds are granted and used. */
export function Allowances() {
  const { t } = useTranslation()
  return (
    <>
      <ChoiceField
        at="allowance_order"
        label={t('Used first')}
        help={t('Where a customer has several allowances.')}
        choices={[
          { value: 'oldest_first', label: t('the one that was granted first') },
          {
            value: 'expiring_first',
            label: t('the one that expires first'),
            help: t('Those that never expire come last.'),
          },
        ]}
      />
      <Title order={3} size="h4" mt="xs">
        {t('Welcome')}
      </Title>
      <CountField
        at="welcome.seconds"
        label={t('For each new customer')}
        help={t('Free seconds for calls to any paid agent; 0 for none.')}
        unit={t('seconds')}
        max={1_000_000}
      />
      <CountField
        at="welcome.expires_after_days"
        label={t('They expire after')}
        help={t('Empty: never.')}
        unit={t('days')}
        min={1}
        max={3650}
        empty={t('never')}
      />
    </>
  )
}
