import { useTranslation } from '@/i18n'
import { TagsField, TextField } from '../fields'

/** From which numbers short messages go, and which carry conversations. */
export function ShortMessages() {
  const { t } = useTranslation()
  return (
    <>
      <TextField
        at="sms.number"
        label={t('Number that reminders are from')}
        help={t('Empty: nobody is reminded by short messages.')}
        type="tel"
        width={240}
      />
      <TagsField
        at="sms.conversation_numbers"
        label={t('Numbers for conversations')}
        help={t(
          'A customer and an agent who write to each other get one of them, and see no other number. Nobody else may have them.',
        )}
        placeholder="+441632960071"
      />
    </>
  )
}
