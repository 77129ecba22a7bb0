import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { CustomerName, LineName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { Filters } from './Filters'
import type { RecordingFilters } from './narrowing'
import { RecordingList } from './RecordingList'

const route = getRouteApi('/frame/recordings')

/** The messages that callers left, and the calls that were recorded. */
export function RecordingsPage() {
  const { t } = useTranslation()
  const { done, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const narrow = (changed: RecordingFilters) =>
    void navigate({ search: (kept) => ({ ...kept, ...changed }), replace: true, resetScroll: false })
  return (
    <Page title={t('Voicemail and recordings')}>
      <Filters filters={{ ...filters, done }} narrow={narrow} />
      <RecordingList
        filters={filters}
        done={done}
        isFiltered={Boolean(filters.line || filters.kind)}
        whose={({ line, customer }) => (
          <>
            {line && <LineName id={line} />} · <CustomerName id={customer} />
          </>
        )}
      />
    </Page>
  )
}
