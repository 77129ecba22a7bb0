import { Tabs } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { ApiKeys, NewKey } from './ApiKeys'
import { NewWebhook, Webhooks } from './Webhooks'

const route = getRouteApi('/frame/keys')

/** How other programs work with Tollgate: by keys, and by what they are told. */
export function KeysPage() {
  const { t } = useTranslation()
  const { tab = 'keys' } = route.useSearch()
  const navigate = route.useNavigate()
  const choose = (next: string | null) =>
    void navigate({ search: next === 'webhooks' ? { tab: 'webhooks' } : {}, replace: true })
  return (
    <Page title={t('Keys and webhooks')} actions={tab === 'keys' ? <NewKey /> : <NewWebhook />}>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="keys">{t('API keys')}</Tabs.Tab>
          <Tabs.Tab value="webhooks">{t('Webhooks')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="keys">
          <ApiKeys />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks">
          <Webhooks />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
