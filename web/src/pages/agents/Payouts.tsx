import { Button, Group, Select } from '@mantine/core'
import { IconBuildingBank } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { useAgents } from '@/ui/names'
import { Page } from '@/ui/Page'
import { PayoutList } from './PayoutList'

const route = getRouteApi('/frame/payouts')

/** What was paid out to agents. */
export function Payouts() {
  const { t } = useTranslation()
  const { agent } = route.useSearch()
  const navigate = route.useNavigate()
  const agents = useAgents().data ?? []
  return (
    <Page
      title={t('Payouts')}
      actions={
        <Button
          component={Link}
          to="/payout-files"
          variant="default"
          leftSection={<IconBuildingBank size={16} />}
        >
          {t('Bank files')}
        </Button>
      }
    >
      <Group>
        <Select
          aria-label={t('Agent')}
          placeholder={t('To any agent')}
          searchable
          clearable
          value={agent ?? null}
          data={agents.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => void navigate({ search: { agent: id ?? undefined }, replace: true })}
        />
      </Group>
      <PayoutList agent={agent} isNamed />
    </Page>
  )
}
