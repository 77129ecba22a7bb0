import { Stack, Text } from '@mantine/core'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { FileImport } from '@/ui/imports/FileImport'
import { OutcomeList } from '@/ui/imports/OutcomeList'
import type { Group } from '../group'
import { Part } from '../settings/Part'
import { CalendarAddress } from './CalendarAddress'

type Found = Schema<'CalendarImportDocument'>

/** The roster in calendar programs, and what comes from their files. */
export function CalendarTab({ group }: { group: Group }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md" maw={820}>
      <Part title={t('The roster in calendar programs')}>
        <CalendarAddress
          of="groups"
          id={group.id}
          about={t('Who is on duty, and where nobody is: from a month ago to half a year ahead.')}
        />
      </Part>
      <Part title={t('Shifts from a calendar file')}>
        <Import group={group.id} />
      </Part>
    </Stack>
  )
}

function Import({ group }: { group: string }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const send = async (file: File, dry_run: boolean) => {
    const { data } = await fetchClient.POST('/api/v1/groups/{id}/calendar-import', {
      params: { path: { id: group }, query: { dry_run } },
      headers: { 'Content-Type': 'text/calendar' },
      body: file as unknown as string,
      bodySerializer: (body) => body,
    })
    return data
  }
  return (
    <>
      <Text size="sm">
        {t(
          'Events become changes for dates, weekly ones shifts, of the agents who take part: by their e-mail address, or by a name that is the summary. Whole days that are called holidays close the group.',
        )}
      </Text>
      <Text size="sm" c="dimmed">
        {t('Each event is taken once: the same file again changes nothing.')}
      </Text>
      <FileImport
        accept=".ics,text/calendar"
        send={send}
        submit={t('Take them into the roster')}
        done={() => void changed('groups')}
        show={(found) => <Events found={found} />}
      />
    </>
  )
}

function Events({ found }: { found: Found }) {
  const { t } = useTranslation()
  // Events without an id are refused, each by its place.
  const items = found.items.map((event, place) => ({ ...event, place }))
  return (
    <OutcomeList
      label={t('Events')}
      items={items}
      isDry={found.dry_run}
      rowKey={({ place }) => String(place)}
      columns={[
        {
          key: 'summary',
          title: t('Calendar event'),
          cell: ({ summary, uid }) => (
            <Text inherit title={uid ?? undefined} style={{ overflowWrap: 'anywhere' }}>
              {summary || uid || t('without a name')}
            </Text>
          ),
        },
      ]}
    />
  )
}
