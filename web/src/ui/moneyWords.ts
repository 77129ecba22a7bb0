// What the API's words for money are called on the screen.
import { useTranslation } from '@/i18n'

/** How money comes in. */
export function useMethods(): Record<string, string> {
  const { t } = useTranslation()
  return {
    transfer: t('Bank transfer'),
    cash: t('Cash'),
    card: t('Card'),
    voucher: t('Voucher'),
    other: t('Other'),
  }
}

export function useCreditKinds(): Record<string, string> {
  const { t } = useTranslation()
  return {
    credit: t('Credit'),
    promotional: t('Promotional credit'),
    adjustment: t('Adjustment'),
    refund: t('Refund'),
    opening_balance: t('Opening balance'),
  }
}

/** How a payment went back. */
export function useReversalKinds(): Record<string, string> {
  const { t } = useTranslation()
  return { bounce: t('Bounced'), repayment: t('Paid back'), dispute: t('Disputed') }
}

/** The kinds of ledger entries. */
export function useEntryKinds(): Record<string, string> {
  const { t } = useTranslation()
  return {
    call: t('Call'),
    message: t('Message'),
    rerating: t('Re-rating'),
    payment: t('Payment'),
    credit: t('Credit'),
    adjustment: t('Adjustment'),
    opening_balance: t('Opening balance'),
    fee: t('Fee'),
    tax: t('Tax'),
    rounding: t('Rounding'),
    credit_note: t('Credit note'),
    write_off: t('Written off'),
    refund: t('Refund'),
    transfer: t('Transfer'),
    bounce: t('Bounced'),
    repayment: t('Paid back'),
    dispute: t('Disputed'),
  }
}

/** The tenant's own accounts. */
export function useAccounts(): Record<string, string> {
  const { t } = useTranslation()
  return {
    income: t('Income'),
    tax: t('Tax'),
    cash: t('Cash'),
    credits: t('Credits'),
    opening: t('Opening balances'),
    rounding: t('Rounding'),
    write_offs: t('Write-offs'),
    transfers: t('Transfers'),
    disputed: t('Disputed payments'),
    vouchers: t('Vouchers'),
  }
}
