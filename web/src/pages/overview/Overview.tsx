import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'

/** What needs attention, first. */
export function Overview() {
  const { t } = useTranslation()
  return <Page title={t('Overview')}>{null}</Page>
}
