import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { PaymentForm } from '@/ui/PaymentForm'

/** Records money that came in from a customer. */
export function RecordPayment({ customer }: { customer: string }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Record a payment')}>
      {(close) => <PaymentForm customer={customer} isKnown close={close} />}
    </DialogButton>
  )
}
