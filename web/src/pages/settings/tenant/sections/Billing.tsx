import { Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { ChoiceField, CountField, SwitchField, TagsField } from '../fields'

/** How and when customers are billed. */
export function Billing() {
  const { t } = useTranslation()
  return (
    <>
      <CountField
        at="billing.billing_day"
        label={t('Billing day')}
        help={t('The day of the month on which periods begin, where a customer has none of its own.')}
        unit={t('of the month')}
        min={1}
        max={31}
      />
      <ChoiceField
        at="billing.invoice_per"
        label={t('One invoice for')}
        choices={[
          { value: 'customer', label: t('all lines of a customer') },
          { value: 'line', label: t('each line') },
        ]}
      />
      <SwitchField
        at="billing.from_opening_day"
        label={t('Periods begin on the day on which the line was opened')}
        help={t('Only with one invoice for each line; else the billing day counts.')}
      />
      <ChoiceField
        at="billing.proration"
        label={t('Fees for a part of a period')}
        help={t('What they are shared out by when a plan begins, ends or changes.')}
        choices={[
          { value: 'day', label: t('by days') },
          { value: 'second', label: t('by seconds') },
        ]}
      />
      <SwitchField
        at="billing.fee_while_suspended"
        label={t('Suspended lines carry their fee')}
        help={t('Off: the time in which a line is suspended costs no fee.')}
      />
      <SwitchField
        at="billing.empty_invoices"
        label={t('Invoices for empty periods')}
        help={t('On: a period in which nothing was charged has an invoice, too.')}
      />
      <ChoiceField
        at="billing.einvoice"
        label={t('Files of invoices')}
        help={t('Files that were made before stay as they are.')}
        choices={[
          { value: 'off', label: t('PDF alone') },
          {
            value: 'factur_x',
            label: t('PDF with an electronic invoice in it (Factur-X, ZUGFeRD)'),
            help: t('Needs your country code and the customer’s, and your tax id.'),
          },
        ]}
      />
      <Unpaid />
    </>
  )
}

function Unpaid() {
  const { t } = useTranslation()
  return (
    <>
      <Title order={3} size="h4" mt="xs">
        {t('Unpaid invoices')}
      </Title>
      <CountField
        at="billing.due_days"
        label={t('Due after')}
        help={t('From the day of issue, 0 to 365.')}
        unit={t('days')}
        max={365}
      />
      <CountField
        at="billing.remind_before_days"
        label={t('Reminder before the due date')}
        help={t('Sent so many days before; empty for none.')}
        unit={t('days')}
        min={1}
        empty={t('none')}
      />
      <TagsField
        at="billing.remind_after_days"
        label={t('Reminders after the due date')}
        help={t('Sent so many days after, up to ten of them.')}
        placeholder={t('Days')}
        areNumbers
      />
      <CountField
        at="billing.suspension_threshold"
        label={t('Suspended at')}
        help={t('So many unpaid invoices suspend the lines of a customer.')}
        unit={t('unpaid invoices')}
        min={1}
      />
    </>
  )
}
