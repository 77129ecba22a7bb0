import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'

/** A customer about whose money something is entered, once one is chosen. */
export function usePayer(id: string | undefined): Schema<'CustomerDocument'> | undefined {
  const path = { id: id ?? '' }
  return $api.useQuery('get', '/api/v1/customers/{id}', { params: { path } }, { enabled: Boolean(id) }).data
}

/** What the field for an amount is called: with the customer's currency, once that is known. */
export function useAmountLabel(id: string | undefined): string {
  const { t } = useTranslation()
  const payer = usePayer(id)
  return payer ? t('Amount ({{currency}})', { currency: payer.currency }) : t('Amount')
}
