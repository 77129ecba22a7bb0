import { Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { AmountsField } from '../AmountsField'
import { CountField, SwitchField, TagsField } from '../fields'

/** What keeps fraud, and lines that run wild, small. */
export function Fraud() {
  const { t } = useTranslation()
  return (
    <>
      <CountField
        at="fraud.calls_at_once"
        label={t('Calls at once of a line')}
        help={t('Where the line has no number of its own.')}
        unit={t('calls')}
        min={1}
        max={10_000}
      />
      <CountField
        at="fraud.tenant_calls_at_once"
        label={t('Calls at once in all')}
        help={t('Of all lines together; empty for any number.')}
        unit={t('calls')}
        min={1}
        max={1_000_000}
        empty={t('any number')}
      />
      <CountField
        at="fraud.set_ups_per_minute"
        label={t('New calls of a line')}
        help={t('For each call that the line may have at once.')}
        unit={t('a minute')}
        min={1}
        max={1000}
      />
      <Spending />
      <Destinations />
      <TagsField
        at="fraud.alert_to"
        label={t('Alerts go to')}
        help={t('E-mail addresses; the owners, where there is none.')}
        placeholder="name@example.org"
      />
    </>
  )
}

function Spending() {
  const { t } = useTranslation()
  return (
    <>
      <Title order={3} size="h4" mt="xs">
        {t('Spending')}
      </Title>
      <AmountsField
        at="fraud.spend_per_day"
        label={t('Calls of a customer in a day')}
        help={t('What they may cost together; in grey, what holds where nothing is set.')}
        shipped={50_000}
      />
      <SwitchField
        at="fraud.suspend_at_spend_per_day"
        label={t('Suspend a customer who would spend more')}
        help={t('The lines stay suspended until somebody has looked at it.')}
      />
      <AmountsField
        at="fraud.cost_per_call"
        label={t('One call')}
        help={t('It ends before it costs more.')}
        shipped={25_000}
      />
    </>
  )
}

function Destinations() {
  const { t } = useTranslation()
  return (
    <>
      <Title order={3} size="h4" mt="xs">
        {t('Destinations')}
      </Title>
      <AmountsField
        at="fraud.high_cost_per_minute"
        label={t('High cost from')}
        help={t('A prefix whose minute (or connect fee) costs so much is of high cost.')}
        shipped={50}
      />
      <CountField
        at="fraud.high_cost_calls"
        label={t('Calls to a high-cost prefix')}
        help={t('So many may a customer begin to one of them in ten minutes.')}
        unit={t('calls')}
        min={1}
        max={1000}
      />
      <TagsField
        at="fraud.enabled_prefixes"
        label={t('Prefixes that are on')}
        help={t('Calls there are let through all the same. The longest prefix decides.')}
        placeholder="2557"
      />
      <TagsField
        at="fraud.risky_prefixes"
        label={t('Prefixes that are off')}
        help={t('International numbers that begin so, without the plus, are not called.')}
      />
    </>
  )
}
