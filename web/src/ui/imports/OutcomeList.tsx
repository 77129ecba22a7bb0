import { Badge, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { refusedFirst } from './outcome'

const PAGE = 100

/** What became of one thing in a file. */
export interface Item {
  /** `created`, `exists` or `refused`. */
  outcome: string
  /** Why it was refused. */
  reason?: string | null
}

interface OutcomeListProps<Each extends Item> {
  label: string
  items: Each[]
  /** Whether nothing was changed. */
  isDry: boolean
  /** What it is: the first is a card's heading. */
  columns: Column<Each>[]
  rowKey: (item: Each) => string
}

/** What became of each thing in a file, what was refused first. */
export function OutcomeList<Each extends Item>(props: OutcomeListProps<Each>) {
  const { t } = useTranslation()
  const { label, items, isDry, columns, rowKey } = props
  const [most, setMost] = useState(PAGE)
  const outcome: Column<Each> = {
    key: 'outcome',
    title: t('What comes of it'),
    cell: (item) => <What item={item} isDry={isDry} />,
  }
  const more = items.length > most ? { fetch: () => setMost(most + PAGE), isFetching: false } : undefined
  return (
    <List
      label={label}
      columns={[...columns, outcome]}
      rows={refusedFirst(items).slice(0, most)}
      rowKey={rowKey}
      empty={{ title: t('There is nothing in the file.') }}
      more={more}
    />
  )
}

function What({ item: { outcome, reason }, isDry }: { item: Item; isDry: boolean }) {
  const { t } = useTranslation()
  const words: Record<string, [string, string]> = {
    created: ['green', isDry ? t('comes') : t('has come')],
    exists: ['gray', t('there already')],
    refused: ['red', t('is refused')],
  }
  const [color, text] = words[outcome] ?? ['yellow', outcome]
  return (
    <>
      <Badge variant="light" color={color}>
        {text}
      </Badge>
      {reason && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {/* Without the stroke with which the API names a column. */}
          {reason.replace(/^\//, '')}
        </Text>
      )}
    </>
  )
}
