import { useTranslation } from '@/i18n'

/** Why a line is suspended, and what lifts that, in words. */
export function useSuspensionWords(): Record<string, { why: string; cure: string }> {
  const { t } = useTranslation()
  return {
    dunning: {
      why: t('too many invoices are unpaid'),
      cure: t('Any of them paid in full lifts it.'),
    },
    funds: {
      why: t('the balance did not cover the monthly fee'),
      cure: t('A payment that covers the fee lifts it by itself.'),
    },
    fraud: {
      why: t('its calls looked like fraud'),
      cure: t('An owner or admin lifts it, once the calls are explained.'),
    },
    manual: {
      why: t('somebody suspended it by hand'),
      cure: t('It is lifted by hand, too.'),
    },
  }
}
