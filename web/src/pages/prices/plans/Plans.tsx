import { Anchor, Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { kindName } from '../words'
import { PlanPrice } from './PlanPrice'

type PlanRow = Schema<'PlanDocument'>

/** All plans. */
export function Plans() {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin')
  const plans = $api.useInfiniteQuery('get', '/api/v1/plans', { params: { query: { limit: 50 } } }, PAGES)
  const columns: Column<PlanRow>[] = [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/plans/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { key: 'kind', title: t('Pays'), cell: ({ kind }) => kindName(kind) },
    { key: 'fee', title: t('Monthly fee'), cell: ({ id }) => <PlanPrice id={id} of="fee" />, isFigure: true },
    { key: 'price', title: t('Calls'), cell: ({ id }) => <PlanPrice id={id} of="calls" />, isFigure: true },
    {
      key: 'since',
      title: t('Made'),
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
      isFigure: true,
    },
  ]
  const add = (
    <Button size="xs" leftSection={<IconPlus size={16} />} component={Link} to="/plans/new">
      {t('New plan')}
    </Button>
  )
  return (
    <Page title={t('Plans')} actions={mayChange && add}>
      <List
        label={t('Plans')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no plans yet.'), action: mayChange && add }}
        {...listed(plans)}
      />
    </Page>
  )
}
