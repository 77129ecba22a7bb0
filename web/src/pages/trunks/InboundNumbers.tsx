import { Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { LineName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { type InboundNumber, InboundNumberForm } from './InboundNumberForm'
import { RowActions } from './RowActions'
import { useMayChange } from './rights'

/** The numbers that one is called at from outside, and the lines that they lead to. */
export function InboundNumbers() {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const numbers = $api.useInfiniteQuery(
    'get',
    '/api/v1/inbound-numbers',
    { params: { query: { limit: 50 } } },
    PAGES,
  )
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('A call for such a number rings the line that it leads to.')}
      </Text>
      <List
        label={t('Numbers from outside')}
        columns={useColumns(mayChange)}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no numbers from outside yet.'),
          action: mayChange && <NewInboundNumber />,
        }}
        {...listed(numbers)}
      />
    </Stack>
  )
}

/** Has a number lead to a line. */
export function NewInboundNumber() {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New number')} leftSection={<IconPlus size={16} />} size="sm">
      {(close) => <InboundNumberForm close={close} />}
    </DialogButton>
  )
}

function useColumns(mayChange: boolean): Column<InboundNumber>[] {
  const { t } = useTranslation()
  const columns: Column<InboundNumber>[] = [
    { key: 'number', title: t('Number'), cell: ({ number }) => <span className="figures">{number}</span> },
    { key: 'line', title: t('Leads to'), cell: ({ line }) => <LineName id={line} /> },
    {
      key: 'made',
      title: t('Made'),
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
      isFigure: true,
    },
  ]
  if (!mayChange) return columns
  const cell = (inbound: InboundNumber) => <Actions inbound={inbound} />
  return [...columns, { key: 'actions', title: t('What to do'), cell, isFigure: true }]
}

function Actions({ inbound }: { inbound: InboundNumber }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const { id, number } = inbound
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/inbound-numbers/{id}', { params: { path: { id } } })
    notifications.show({ message: t('{{number}} leads nowhere any more.', { number }) })
    void changed('inbound-numbers')
  }
  return (
    <RowActions
      title={t('Number from outside')}
      name={number}
      warning={t('Who calls {{number}} reaches nobody any more.', { number })}
      remove={remove}
    >
      {(close) => <InboundNumberForm inbound={inbound} close={close} />}
    </RowActions>
  )
}
