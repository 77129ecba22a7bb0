// What the API's words for calls are called on the screen.
import { useTranslation } from '@/i18n'

export function useDispositions(): Record<string, string> {
  const { t } = useTranslation()
  return {
    answered: t('answered'),
    busy: t('busy'),
    no_answer: t('no answer'),
    refused: t('refused'),
    cancelled: t('cancelled'),
    failed: t('failed'),
  }
}

/** Why a call has no price yet, and what gives it one. */
export function useReasons(): Record<string, { why: string; cure: string }> {
  const { t } = useTranslation()
  return {
    unknown_payer: {
      why: t('nobody is known to pay for it'),
      cure: t(
        'Open the line that called, from before the call, or give the customer the account code as its reference.',
      ),
    },
    no_plan: {
      why: t('the line had no plan then'),
      cure: t('Give the line a plan from before the call.'),
    },
    unlisted_destination: {
      why: t('the plan refuses what its rate deck does not list'),
      cure: t('Bring the prefix into the rate deck.'),
    },
    unknown_agent: { why: t('there is no such agent'), cure: t('Make the agent.') },
    agent_without_price: {
      why: t("the agent has no price in the customer's currency"),
      cure: t('Give the agent a price in it.'),
    },
    unrated: {
      why: t('nothing in the plan prices it'),
      cure: t('Give it a price in the plan or its rate deck.'),
    },
    overflow: {
      why: t('its price is beyond what can be reckoned'),
      cure: t('Look at the prices of the plan.'),
    },
  }
}

export function useDirections(): Record<string, string> {
  const { t } = useTranslation()
  return { outbound: t('outbound'), inbound: t('inbound'), internal: t('internal') }
}

/** The causes of ends that are told most (ITU-T Q.850). */
export function useCauses(): Record<number, string> {
  const { t } = useTranslation()
  return {
    1: t('there is no such number'),
    16: t('somebody hung up'),
    17: t('busy'),
    18: t('nobody responded'),
    19: t('nobody answered'),
    21: t('rejected'),
    27: t('out of order'),
    28: t('incomplete number'),
    31: t('ended normally'),
    34: t('no free line'),
    41: t('a fault of the network'),
  }
}

/** What may happen to a call, and what charging writes down of it. */
export function useEvents(): Record<string, string> {
  const { t } = useTranslation()
  return {
    started: t('Begun'),
    authorized: t('Authorized'),
    answered: t('Answered'),
    extended: t('Extended'),
    lengthened: t('Lengthened after a top-up'),
    settled: t('Ended and charged'),
    corrected: t('Corrected: its true end was told late'),
    released: t('Ended without a charge'),
    lapsed: t('Not answered in time'),
    lost: t('Ended, as its switch fell silent'),
    ended: t('Ended'),
    recorded: t('On record'),
    refunded: t('Refunded'),
    stars: t('Stars given'),
  }
}
