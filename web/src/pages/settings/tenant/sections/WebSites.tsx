import { useTranslation } from '@/i18n'
import { TagsField } from '../fields'

/** Which web sites may show the call button. */
export function WebSites() {
  const { t } = useTranslation()
  return (
    <TagsField
      at="embed.origins"
      label={t('Web sites that may show it')}
      help={t('Each as browsers send it: with https:// and without a path or a slash at its end.')}
      placeholder="https://www.example.org"
    />
  )
}
