import { Select, SimpleGrid } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { LineSelect } from '@/ui/LineSelect'
import { KINDS, type RecordingFilters } from './narrowing'

interface FiltersProps {
  filters: RecordingFilters
  narrow: (changed: RecordingFilters) => void
}

/** What the recordings are narrowed down by. */
export function Filters({ filters, narrow }: FiltersProps) {
  const { t } = useTranslation()
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('Clear') } }
  return (
    <SimpleGrid component="search" aria-label={t('Filters')} cols={{ base: 2, sm: 3 }} spacing="xs" maw={720}>
      <Select
        label={t('Kind')}
        placeholder={t('all')}
        data={[
          { value: 'voicemail', label: t('Messages') },
          { value: 'call', label: t('Recorded calls') },
        ]}
        value={filters.kind ?? null}
        onChange={(kind) => narrow({ kind: KINDS.find((known) => known === kind) })}
        {...clear}
      />
      <Select
        label={t('State')}
        placeholder={t('all')}
        data={[
          { value: 'false', label: t('new') },
          { value: 'true', label: t('done') },
        ]}
        value={filters.done === undefined ? null : String(filters.done)}
        onChange={(done) => narrow({ done: done ? done === 'true' : undefined })}
        {...clear}
      />
      <LineSelect
        label={t('Line')}
        placeholder={t('all')}
        value={filters.line ?? null}
        onChange={(line) => narrow({ line: line ?? undefined })}
        {...clear}
      />
    </SimpleGrid>
  )
}
