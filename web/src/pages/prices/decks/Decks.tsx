import { Anchor, Button, Modal, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { CURRENCIES } from '../currencies'

type DeckRow = Schema<'DeckDocument'>

/** All rate decks. */
export function Decks() {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin')
  const [isOpen, { open, close }] = useDisclosure()
  const decks = $api.useInfiniteQuery('get', '/api/v1/decks', { params: { query: { limit: 50 } } }, PAGES)
  const columns: Column<DeckRow>[] = [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/decks/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { key: 'currency', title: t('Currency'), cell: ({ currency }) => currency },
    {
      key: 'made',
      title: t('Made'),
      cell: ({ created_at }) => <Time at={created_at} style="date" />,
      isFigure: true,
    },
  ]
  const add = (
    <Button size="xs" leftSection={<IconPlus size={16} />} onClick={open}>
      {t('New rate deck')}
    </Button>
  )
  return (
    <Page title={t('Rate decks')} actions={mayChange && add}>
      <List
        label={t('Rate decks')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{
          title: t('There are no rate decks yet: they price numbers by their prefixes.'),
          action: mayChange && add,
        }}
        {...listed(decks)}
      />
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('New rate deck')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <NewDeck cancel={close} />
      </Modal>
    </Page>
  )
}

function NewDeck({ cancel }: { cancel: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [headers] = useState(once)
  const made = useRef<string>(undefined)
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', currency: tenant.currency } })
  const send = async (body: { name: string; currency: string }) => {
    const { data } = await fetchClient.POST('/api/v1/decks', { params: { header: headers }, body })
    made.current = data?.id
  }
  const done = () => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === '/api/v1/decks' })
    notifications.show({ message: t('The rate deck is made. Import its prices next.') })
    void navigate({ to: `/decks/${made.current}` })
  }
  return (
    <Form form={form} send={send} done={done} cancel={cancel} submit={t('Make the rate deck')}>
      <TextInput
        label={t('Name')}
        required
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <Select
        label={t('Currency')}
        description={t('It never changes.')}
        required
        data={CURRENCIES}
        searchable
        allowDeselect={false}
        limit={50}
        key={form.key('currency')}
        {...form.getInputProps('currency')}
      />
    </Form>
  )
}
