import { Button, Card, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import classes from './List.module.css'
import { Empty, Failure } from './states'

/** A column of a list. */
export interface Column<Row> {
  key: string
  title: string
  cell: (row: Row) => ReactNode
  /** Whether it holds figures, which stand in columns to the right. */
  isFigure?: boolean
  width?: number | string
  /** Where it stands on a card: beside the heading, or not at all. */
  onCard?: 'beside' | 'never'
}

interface ListProps<Row> {
  /** What the list shows, for people who hear it. */
  label: string
  columns: Column<Row>[]
  rows: Row[] | undefined
  rowKey: (row: Row) => string
  error?: unknown
  again?: () => void
  /** What is said, and offered, where there is none. */
  empty: { title: string; action?: ReactNode; isFiltered?: boolean }
  /** Fetches the next page, where there is one. */
  more?: { fetch: () => void; isFetching: boolean }
  /** How many rows of grey are shown while it loads. */
  expected?: number
}

/** A list: a table where there is room, cards where there is not. The first column is a card's heading. */
export function List<Row>(props: ListProps<Row>) {
  const isNarrow = useMediaQuery('(max-width: 48em)')
  if (props.error && !props.rows) return <Failure error={props.error} again={props.again} />
  if (props.rows?.length === 0) return <Empty {...props.empty} />
  return (
    <Stack gap="sm">
      {isNarrow ? <Cards {...props} /> : <Rows {...props} />}
      {props.more && <More {...props.more} />}
    </Stack>
  )
}

/** Fetches the next page. */
export function More({ fetch, isFetching }: { fetch: () => void; isFetching: boolean }) {
  const { t } = useTranslation()
  return (
    <Group justify="center">
      <Button variant="default" size="xs" onClick={fetch} loading={isFetching}>
        {t('Show more')}
      </Button>
    </Group>
  )
}

function Rows<Row>({ label, columns, rows, rowKey, expected = 8 }: ListProps<Row>) {
  const side = (column: Column<Row>) => (column.isFigure ? 'right' : 'left')
  return (
    <Table.ScrollContainer minWidth={480} type="native">
      <Table aria-label={label} aria-busy={!rows} highlightOnHover verticalSpacing={0} className="list">
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.key} ta={side(column)} w={column.width}>
                {column.title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows?.map((row) => (
            <Table.Tr key={rowKey(row)}>
              {columns.map((column) => (
                <Table.Td
                  key={column.key}
                  ta={side(column)}
                  className={column.isFigure ? 'figures' : undefined}
                >
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          )) ??
            Array.from({ length: expected }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of grey have no other key
              <Table.Tr key={row}>
                {columns.map((column) => (
                  <Table.Td key={column.key}>
                    <Skeleton height={14} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Cards<Row>({ label, columns, rows, rowKey, expected = 4 }: ListProps<Row>) {
  const [heading, ...others] = columns
  const beside = others.filter(({ onCard }) => onCard === 'beside')
  const below = others.filter(({ onCard }) => !onCard)
  return (
    <Stack gap="xs" role="list" aria-label={label} aria-busy={!rows}>
      {rows?.map((row) => (
        <Card key={rowKey(row)} withBorder padding="sm" role="listitem">
          <Group justify="space-between" gap="sm" wrap="nowrap" align="baseline" fw={600} mb={2}>
            <div>{heading?.cell(row)}</div>
            {beside.map(({ key, cell }) => (
              <div key={key}>{cell(row)}</div>
            ))}
          </Group>
          {below.map((column) => (
            <Group
              key={column.key}
              justify="space-between"
              gap="md"
              wrap="nowrap"
              mih={26}
              className={classes.fact}
            >
              <Text size="sm" c="dimmed">
                {column.title}
              </Text>
              <Text
                component="div"
                size="sm"
                ta="right"
                className={`${classes.value} ${column.isFigure ? 'figures' : ''}`}
              >
                {column.cell(row)}
              </Text>
            </Group>
          ))}
        </Card>
      )) ??
        // biome-ignore lint/suspicious/noArrayIndexKey: cards of grey have no other key
        Array.from({ length: expected }, (_, card) => <Skeleton key={card} height={120} />)}
    </Stack>
  )
}
