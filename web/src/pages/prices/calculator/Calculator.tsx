import { Card, SimpleGrid } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { wallOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import type { Asked } from '../routes'
import { CallFields } from './CallFields'
import { Outcome } from './Outcome'
import { answer, useHouse } from './question'

const route = getRouteApi('/frame/calculator')

/** What a call would cost, by what charges calls. */
export function Calculator() {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const navigate = route.useNavigate()
  const search = route.useSearch()
  const asked: Asked = { at: wallOf(new Date(), time_zone), seconds: 180, ...given(search) }
  const ask = (changes: Asked) =>
    navigate({ search: (before: Asked) => given({ ...before, ...changes }), replace: true })
  const [settled] = useDebouncedValue(JSON.stringify(asked), 250)
  const house = useHouse(time_zone)
  const outcome = useQuery({
    queryKey: ['calculator', '/api/v1/quotes', settled],
    queryFn: async () => (house && (await answer(JSON.parse(settled), house))) ?? null,
    enabled: house !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
  return (
    <Page title={t('What would this call cost?')}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Card withBorder component="section" aria-label={t('The call')}>
          <CallFields asked={asked} ask={ask} />
        </Card>
        <Card withBorder component="section" aria-label={t('What it costs')} aria-live="polite">
          <Outcome outcome={outcome.data ?? undefined} error={outcome.error} />
        </Card>
      </SimpleGrid>
    </Page>
  )
}

/** What is there of it. */
function given(asked: Asked): Asked {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value))
}
