import { Accordion, Badge, Group, ScrollArea, Table, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import type { DeckEntry } from '../document'
import { entryText } from './entries'

interface DifferenceProps {
  difference: Schema<'DifferenceDocument'>
  currency: string
}

interface Row {
  before?: DeckEntry
  after?: DeckEntry
}

/** What new prices change: entries that are added, changed and removed, with the old price and the new one. */
export function Difference({ difference, currency }: DifferenceProps) {
  const { t } = useTranslation()
  const { added, changed, removed, unchanged } = difference
  const kinds = [
    { key: 'changed', name: t('Changed'), color: 'yellow', ...rows(changed, (entry) => entry as Row) },
    {
      key: 'added',
      name: t('Added'),
      color: 'green',
      ...rows(added, (after) => ({ after: after as DeckEntry })),
    },
    {
      key: 'removed',
      name: t('Removed'),
      color: 'red',
      ...rows(removed, (before) => ({ before: before as DeckEntry })),
    },
  ].filter(({ count }) => count > 0)
  return (
    <section aria-label={t('Difference')}>
      <Group gap="xs" mb="xs" aria-live="polite">
        {kinds.map(({ key, name, color, count }) => (
          <Badge key={key} color={color} variant="light" radius="sm" size="lg">
            {name}: {count}
          </Badge>
        ))}
        <Badge color="gray" variant="light" radius="sm" size="lg">
          {t('Unchanged')}: {unchanged}
        </Badge>
      </Group>
      {kinds.length === 0 ? (
        <Text size="sm">{t('Nothing changes.')}</Text>
      ) : (
        <Accordion variant="contained" defaultValue={kinds[0]?.key}>
          {kinds.map(({ key, name, count, shown }) => (
            <Accordion.Item key={key} value={key}>
              <Accordion.Control>
                {name} ({count})
              </Accordion.Control>
              <Accordion.Panel>
                <ScrollArea.Autosize mah={320}>
                  <Entries rows={shown} currency={currency} name={name} />
                </ScrollArea.Autosize>
                {count > shown.length && (
                  <Text size="sm" c="dimmed" mt="xs">
                    {t('The first {{number}} are shown.', { number: shown.length })}
                  </Text>
                )}
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </section>
  )
}

function rows({ count, entries }: { count: number; entries: unknown[] }, row: (entry: unknown) => Row) {
  return { count, shown: entries.map(row) }
}

function Entries({ rows, currency, name }: { rows: Row[]; currency: string; name: string }) {
  const { t } = useTranslation()
  const price = (entry?: DeckEntry): ReactNode => (entry ? entryText(entry, currency) : '–')
  return (
    <Table verticalSpacing={4} fz="sm" aria-label={name}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('Prefix')}</Table.Th>
          <Table.Th>{t('Before')}</Table.Th>
          <Table.Th>{t('After')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ before, after }) => (
          <Table.Tr key={(after ?? before)?.prefix}>
            <Table.Th scope="row" fw={500}>
              {(after ?? before)?.prefix}
              <Text size="xs" c="dimmed">
                {destination(before, after)}
              </Text>
            </Table.Th>
            <Table.Td>{price(before)}</Table.Td>
            <Table.Td fw={600}>
              {before && after && <IconArrowRight size={14} aria-hidden />} {price(after)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Where the prefix leads: both, where it is called otherwise now. */
function destination(before?: DeckEntry, after?: DeckEntry): string {
  const [old, now] = [before?.destination ?? '', after?.destination ?? '']
  return old && now && old !== now ? `${old} → ${now}` : now || old
}
