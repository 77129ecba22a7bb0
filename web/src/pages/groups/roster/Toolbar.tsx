import { ActionIcon, Button, Group as Row, SegmentedControl, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { dayAfter } from '@/format/civil'
import { periodText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import type { Group } from '../group'
import { useMayChange } from '../rights'
import type { GroupSearch } from '../routes'
import { CopyWeek } from './CopyWeek'
import type { Asked } from './editing'
import { OverrideForm } from './OverrideForm'

interface ToolbarProps {
  group: Group
  zone: string
  monday: string
  today: string
  isByPerson: boolean
  ask: (asked: Asked) => void
}

const route = getRouteApi('/frame/groups/$id')

/** Which week is shown, how, and what can be done with it. */
export function Toolbar({ group, zone, monday, today, isByPerson, ask }: ToolbarProps) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const show = (changes: GroupSearch) =>
    void navigate({ search: (search) => ({ ...search, ...changes }), replace: true })
  const arrow = { variant: 'default', size: 30 } as const
  return (
    <Row justify="space-between" gap="sm">
      <Row gap="xs">
        <ActionIcon
          {...arrow}
          aria-label={t('The week before')}
          onClick={() => show({ week: dayAfter(monday, -7) })}
        >
          <IconChevronLeft size={16} />
        </ActionIcon>
        <Button variant="default" size="xs" onClick={() => show({ week: undefined })}>
          {t('Today')}
        </Button>
        <ActionIcon
          {...arrow}
          aria-label={t('The week after')}
          onClick={() => show({ week: dayAfter(monday, 7) })}
        >
          <IconChevronRight size={16} />
        </ActionIcon>
        <div>
          <Text fw={600} className="figures" aria-live="polite">
            {periodText({ from: monday, to: dayAfter(monday, 7) })}
          </Text>
          <Text size="xs" c="dimmed">
            {t('Times in {{zone}}.', { zone })}
          </Text>
        </div>
      </Row>
      <Row gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('View')}
          value={isByPerson ? 'person' : 'week'}
          onChange={(by) => show({ by: by === 'person' ? by : undefined })}
          data={[
            { value: 'week', label: t('Week') },
            { value: 'person', label: t('By person') },
          ]}
        />
        {useMayChange() && (
          <Changes group={group} monday={monday} today={today} make={() => ask({ what: 'new shift' })} />
        )}
      </Row>
    </Row>
  )
}

interface ChangesProps {
  group: Group
  monday: string
  today: string
  make: () => void
}

function Changes({ group: { id }, monday, today, make }: ChangesProps) {
  const { t } = useTranslation()
  const query = { from: monday, until: dayAfter(monday, 6) }
  const changes = $api.useQuery('get', '/api/v1/groups/{id}/overrides', { params: { path: { id }, query } })
  const isThisWeek = monday <= today && today <= query.until
  return (
    <>
      <CopyWeek group={id} monday={monday} changes={changes.data?.items ?? []} />
      <DialogButton label={t('Change a date')} variant="default" size="xs">
        {(close) => <OverrideForm group={id} date={isThisWeek ? today : monday} close={close} />}
      </DialogButton>
      <Button size="xs" leftSection={<IconPlus size={16} />} onClick={make}>
        {t('New shift')}
      </Button>
    </>
  )
}
