import { ActionIcon, Stack, Table } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { type Shift, useAgentNames } from '../group'
import classes from './calendar.module.css'
import type { Drawn } from './drawn'
import { Item } from './Item'
import type { CalendarProps } from './WeekCalendar'

/** Where a shift is put that is made in an empty place: in the middle of the day. */
const USUAL = { from: 8 * 60, to: 12 * 60 }

const agentOf = ({ what }: Drawn) => ('spell' in what ? what.spell.duty.agent : undefined)

/** The week with a row for each person, and one for where somebody is missing. */
export function ByPerson({ week, drawn, wanted, editing, shifts }: CalendarProps & { shifts: Shift[] }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  const ids = [...shifts.map(({ agent }) => agent), ...week.duties.items.map(({ duty }) => duty.agent)]
  const people = [...new Set(ids)].sort((one, other) => nameOf(one).localeCompare(nameOf(other)))
  const rows: { agent?: string; name: string }[] = [
    { name: t('Gaps and closed days') },
    ...people.map((agent) => ({ agent, name: nameOf(agent) })),
  ]
  const cell = (agent: string | undefined, day: number) =>
    drawn.filter((each) => each.part.day === day && agentOf(each) === agent)
  return (
    <Table.ScrollContainer minWidth={820} type="native">
      <Table
        aria-label={t('By person')}
        className={classes.persons}
        withColumnBorders
        withTableBorder
        layout="fixed"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={130}>{t('Name')}</Table.Th>
            {week.dates.map((date) => (
              <Table.Th key={date}>{weekdayText(date)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ agent, name }) => (
            <Table.Tr key={agent ?? ''}>
              <Table.Th scope="row">{name}</Table.Th>
              {week.dates.map((date, day) => (
                <Table.Td key={date}>
                  <Stack gap={4}>
                    {cell(agent, day).map((each) => (
                      <Item
                        key={each.key}
                        drawn={each}
                        wanted={wanted}
                        date={weekdayText(date, 'long')}
                        isNameless={agent !== undefined}
                        open={editing && (() => editing.open(each))}
                      />
                    ))}
                    {editing && agent && (
                      <ActionIcon
                        variant="subtle"
                        size={24}
                        className={classes.add}
                        aria-label={t('New shift of {{name}}, {{day}}', {
                          name,
                          day: weekdayText(date, 'long'),
                        })}
                        onClick={() => editing.make({ day, ...USUAL }, agent)}
                      >
                        <IconPlus size={14} />
                      </ActionIcon>
                    )}
                  </Stack>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
