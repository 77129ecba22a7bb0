import { useTranslation } from '@/i18n'
import { SwitchField, TextField } from '../fields'

/** How calls between customers and paid agents are placed on ordinary phones. */
export function PaidCalls() {
  const { t } = useTranslation()
  return (
    <>
      <SwitchField
        at="paid_calls.press_1"
        label={t('Both press 1 before they talk')}
        help={t('Then no mailbox is charged, or paid. The customer hears the price before.')}
      />
      <TextField
        at="paid_calls.shown_number"
        label={t('Number that both phones show')}
        help={t('Empty: the number under which the agent is called.')}
        type="tel"
        width={240}
      />
      <TextField
        at="paid_calls.price_audio"
        label={t('What the customer hears')}
        help={t(
          'Names of the Asterisk’s sounds with & between them; {price} is the price in digits. Empty: the price, and “press 1”.',
        )}
        placeholder="sound:our-greeting&{price}"
      />
      <TextField
        at="paid_calls.agent_audio"
        label={t('What the agent hears')}
        help={t('The same, without the price. Empty: “press 1”.')}
      />
    </>
  )
}
