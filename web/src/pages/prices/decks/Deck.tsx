import { Badge, Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUpload } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { DeckEntries } from './DeckEntries'
import { DeckImport } from './DeckImport'
import { DeckSearch } from './DeckSearch'
import { DeckVersions } from './DeckVersions'

const route = getRouteApi('/frame/decks/$id')

/** A rate deck: what prices a number, its entries, its versions. */
export function DeckPage() {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin')
  const { id } = route.useParams()
  const [isOpen, { open, close }] = useDisclosure()
  const deck = $api.useQuery('get', '/api/v1/decks/{id}', { params: { path: { id } } })
  if (deck.isPending) return <Waiting />
  if (!deck.data) return <Failure error={deck.error} again={() => void deck.refetch()} />
  const { name, currency } = deck.data
  const importing = (
    <Button size="xs" leftSection={<IconUpload size={16} />} onClick={open}>
      {t('Import prices')}
    </Button>
  )
  return (
    <Page
      title={name}
      mark={
        <Badge variant="light" radius="sm">
          {currency}
        </Badge>
      }
      actions={mayChange && importing}
    >
      <DeckSearch id={id} currency={currency} />
      <DeckEntries id={id} currency={currency} first={mayChange && importing} />
      <DeckVersions id={id} />
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('Import prices')}
        size="xl"
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <DeckImport id={id} currency={currency} close={close} />
      </Modal>
    </Page>
  )
}
