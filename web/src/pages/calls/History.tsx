import { Box, Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { useCallColumns } from './columns'
import { Filters } from './Filters'
import { asked, type CallFilters, fileOf } from './narrowing'
import { RerateFiltered } from './RerateFiltered'

const route = getRouteApi('/frame/calls')

/** The calls that are over, the newest first. */
export function History() {
  const { t } = useTranslation()
  const session = useSession()
  const { time_zone } = session.tenant
  const filters = route.useSearch()
  const navigate = route.useNavigate()
  const narrow = (changed: CallFilters) =>
    void navigate({ search: (kept) => ({ ...kept, ...changed }), replace: true, resetScroll: false })
  const query = { ...asked(filters, time_zone), limit: 50 }
  // What was there stays until the answer to other filters is: nothing jumps.
  const options = { ...PAGES, placeholderData: keepPreviousData }
  const calls = $api.useInfiniteQuery('get', '/api/v1/calls', { params: { query } }, options)
  return (
    <Page
      title={t('Call history')}
      actions={
        <>
          {session.is('owner', 'admin') && <RerateFiltered filters={filters} />}
          <Button component={Link} to="/calls/unrated" variant="default">
            {t('Unrated calls')}
          </Button>
          <Button
            component="a"
            href={fileOf(filters, time_zone)}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
          >
            CSV
          </Button>
        </>
      }
    >
      <Filters filters={filters} narrow={narrow} />
      <Box opacity={calls.isPlaceholderData ? 0.6 : 1} aria-busy={calls.isPlaceholderData}>
        <List
          label={t('Call history')}
          columns={useCallColumns()}
          rowKey={({ id }) => id}
          expected={20}
          empty={{
            title: t('There are no calls yet.'),
            isFiltered: Object.values(filters).some(Boolean),
          }}
          {...listed(calls)}
        />
      </Box>
    </Page>
  )
}
