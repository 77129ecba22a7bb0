import { useTranslation } from 'react-i18next'
import { Page } from '@/ui/Page'

/** What needs attention, first. */
export function Overview() {
  const { t } = useTranslation()
  return <Page title={t('Overview')}>{null}</Page>
}
