import { Select, type SelectProps } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { useAgents } from '@/ui/names'

/** Chooses an agent by its name. */
export function AgentSelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation()
  const agents = useAgents().data ?? []
  return (
    <Select
      searchable
      openOnFocus={false}
      allowDeselect={false}
      required
      nothingFoundMessage={t('Nothing found')}
      {...props}
      data={agents.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}
