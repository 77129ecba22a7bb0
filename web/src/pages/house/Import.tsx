import { Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { useFormats } from './formats'
import { ImportFigures } from './ImportFigures'
import { ImportNotes } from './ImportNotes'
import { Unfinished } from './Imports'

const route = getRouteApi('/frame/imports/$id')

/** An import that was begun, and what has come of it. */
export function Import() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const formats = useFormats()
  const found = $api.useQuery(
    'get',
    '/api/v1/imports/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data && !state.data.finished_at ? 2000 : false) },
  )
  if (found.error) return <Failure error={found.error} again={() => void found.refetch()} />
  if (!found.data) return <Waiting />
  const { name, kind, summary, started_at, finished_at } = found.data
  return (
    <Page title={name}>
      <Facts
        facts={[
          { title: t('Kind'), value: formats.find(({ value }) => value === kind)?.label ?? kind },
          { title: t('Began'), value: <Time at={started_at} style="exact" /> },
          {
            title: t('Ended'),
            value: finished_at ? <Time at={finished_at} style="exact" /> : <Unfinished />,
          },
        ]}
      />
      {!finished_at && (
        <Text size="sm">
          {t('One that was broken off is simply imported again: nothing is charged twice.')}
        </Text>
      )}
      <ImportFigures summary={summary} />
      <ImportNotes summary={summary} />
    </Page>
  )
}
