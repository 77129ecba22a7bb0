import { Badge } from '@mantine/core'
import { IconPhoneCall } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** How many calls run now. */
export function CallsPill() {
  const { t } = useTranslation()
  const isStaff = useSession().is('owner', 'admin', 'clerk', 'auditor')
  const query = { params: { query: { limit: 500 } } }
  const calls = $api.useQuery('get', '/api/v1/charging/sessions', query, { enabled: isStaff })
  const count = calls.data?.items.length ?? 0
  if (!isStaff || count === 0) return null
  return (
    <Badge
      component={Link}
      to="/calls/live"
      variant="light"
      color="green"
      size="lg"
      leftSection={<IconPhoneCall size={14} />}
      style={{ cursor: 'pointer' }}
      visibleFrom="xs"
    >
      {t('{{count}} calls', {
        count,
        defaultValue_one: '{{count}} call',
        defaultValue_other: '{{count}} calls',
      })}
    </Badge>
  )
}
