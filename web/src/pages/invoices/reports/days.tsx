import { Group, TextInput } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

const route = getRouteApi('/frame/reports')

interface Days {
  from: string
  to: string
}

/** The days of a report, which stand in the address; none, where they are not chosen. */
export function useDays() {
  const { t } = useTranslation()
  const { from, to } = route.useSearch()
  const navigate = route.useNavigate()
  const date = (name: 'from' | 'to', label: string, value: string | undefined) => (
    <TextInput
      type="date"
      size="xs"
      label={label}
      defaultValue={value}
      onChange={({ currentTarget }) => {
        const day = currentTarget.value || undefined
        void navigate({ search: (before) => ({ ...before, [name]: day }), replace: true })
      }}
    />
  )
  const fields = (
    <Group>
      {date('from', t('From'), from)}
      {date('to', t('Up to, without'), to)}
    </Group>
  )
  return { days: from && to ? { from, to } : undefined, fields }
}

/** The days as they stand in the address of a file. */
export function query(days: Days | undefined): string {
  return days ? `?${new URLSearchParams({ ...days })}` : ''
}
