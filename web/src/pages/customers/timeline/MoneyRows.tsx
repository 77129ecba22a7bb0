import { Anchor, Group } from '@mantine/core'
import {
  IconCashBanknote,
  IconCashBanknoteOff,
  IconFileInvoice,
  IconFileMinus,
  IconGift,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Day } from '@/format/day'
import { isNegative, Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useCreditKinds, useMethods, useReversalKinds } from '@/ui/moneyWords'
import { StateBadge } from '@/ui/StateBadge'
import { Row } from './Row'

/** An invoice or a credit note, in a timeline. */
export function PaperRow({ paper, at }: { paper: Schema<'PaperDocument'>; at: string }) {
  const { t } = useTranslation()
  const { id, kind, number, currency, total, open, state, overdue, due_on } = paper
  const isInvoice = kind === 'invoice'
  const isOpen = isInvoice && state !== 'paid' && due_on
  return (
    <Row
      icon={isInvoice ? IconFileInvoice : IconFileMinus}
      color="violet"
      at={at}
      amount={<Money amount={total} currency={currency} />}
      more={
        isOpen ? (
          <>
            {t('open')} <Money amount={open} currency={currency} />, {t('due')} <Day on={due_on} />
          </>
        ) : undefined
      }
    >
      <Group gap="xs">
        <Anchor component={Link} to={isInvoice ? `/invoices/${id}` : `/credit-notes/${id}`}>
          {isInvoice
            ? t('Invoice {{number}}', { number: number ?? '' })
            : t('Credit note {{number}}', { number: number ?? '' })}
        </Anchor>
        {isInvoice && <StateBadge state={overdue ? 'overdue' : state} />}
      </Group>
    </Row>
  )
}

/** A payment, in a timeline. */
export function PaymentRow({ payment, at }: { payment: Schema<'PaymentDocument'>; at: string }) {
  const { t } = useTranslation()
  const methods = useMethods()
  const { method, reference, amount, currency, settles } = payment
  return (
    <Row
      icon={IconCashBanknote}
      color="green"
      at={at}
      amount={
        <>
          +<Money amount={amount} currency={currency} />
        </>
      }
      more={
        <Group gap="xs">
          {reference && <span>{reference}</span>}
          {settles.map(({ invoice, number }) => (
            <Anchor key={invoice} component={Link} to={`/invoices/${invoice}`}>
              {t('Invoice {{number}}', { number: number ?? '' })}
            </Anchor>
          ))}
        </Group>
      }
    >
      {t('Payment')}, {methods[method] ?? method}
    </Row>
  )
}

/** A payment that went back, in a timeline. */
export function ReversalRow({ reversal, at }: { reversal: Schema<'ReversalDocument'>; at: string }) {
  const { t } = useTranslation()
  const kinds = useReversalKinds()
  const { kind, state, reason, amount, currency } = reversal
  return (
    <Row
      icon={IconCashBanknoteOff}
      color="red"
      at={at}
      amount={
        <>
          −<Money amount={amount} currency={currency} />
        </>
      }
      more={reason}
    >
      <Group gap="xs">
        {t('Payment')}, {kinds[kind] ?? kind}
        {state !== 'done' && <StateBadge state={state} />}
      </Group>
    </Row>
  )
}

/** A credit, an adjustment or a refund, in a timeline. */
export function CreditRow({ credit, at }: { credit: Schema<'CreditDocument'>; at: string }) {
  const kinds = useCreditKinds()
  const { kind, reason, amount, currency } = credit
  return (
    <Row
      icon={IconGift}
      color="teal"
      at={at}
      amount={
        <>
          {!isNegative(amount) && '+'}
          <Money amount={amount} currency={currency} />
        </>
      }
      more={reason}
    >
      {kinds[kind] ?? kind}
    </Row>
  )
}
