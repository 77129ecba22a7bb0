import { Button, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconCash, IconDots, IconFileMinus, IconMail, IconTrashX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Confirm } from '@/ui/Confirm'
import { CreditNoteModal } from './CreditNoteForm'
import { DownloadUbl } from './DownloadUbl'
import { Download } from './PaperPage'
import type { Paper } from './paper'
import { WriteOffModal } from './WriteOff'

const OPEN = ['issued', 'part_paid']

/** What can be done with an invoice. */
export function InvoiceActions({ invoice }: { invoice: Paper }) {
  const { t } = useTranslation()
  const mayChange = useSession().is('owner', 'admin', 'clerk')
  const [isSending, sending] = useDisclosure()
  const [isCrediting, crediting] = useDisclosure()
  const [isWritingOff, writingOff] = useDisclosure()
  const isOpen = OPEN.includes(invoice.state)
  const isStanding = isOpen || invoice.state === 'paid'
  return (
    <>
      {mayChange && isOpen && (
        <Button
          component={Link}
          to="/payments"
          search={{ record: true, customer: invoice.customer, invoice: invoice.id } as never}
          leftSection={<IconCash size={16} />}
        >
          {t('Record a payment')}
        </Button>
      )}
      <Download place="invoices" id={invoice.id ?? ''} />
      <DownloadUbl place="invoices" id={invoice.id ?? ''} />
      {mayChange && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconDots size={16} />}>
              {t('More')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconMail size={16} />} onClick={sending.open}>
              {t('Send it again')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFileMinus size={16} />}
              onClick={crediting.open}
              disabled={!isStanding}
            >
              {t('Make a credit note')}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrashX size={16} />} onClick={writingOff.open} disabled={!isOpen}>
              {t('Write it off')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <SendAgain invoice={invoice} isOpen={isSending} close={sending.close} />
      <CreditNoteModal invoice={invoice} isOpen={isCrediting} close={crediting.close} />
      <WriteOffModal invoice={invoice} isOpen={isWritingOff} close={writingOff.close} />
    </>
  )
}

interface Asked {
  invoice: Paper
  isOpen: boolean
  close: () => void
}

function SendAgain({ invoice, isOpen, close }: Asked) {
  const { t } = useTranslation()
  const changed = useChanged()
  const customer = $api.useQuery(
    'get',
    '/api/v1/customers/{id}',
    { params: { path: { id: invoice.customer } } },
    { enabled: isOpen },
  ).data
  const send = async (header: { 'Idempotency-Key': string }) => {
    await fetchClient.POST('/api/v1/invoices/{id}/send', {
      params: { path: { id: invoice.id ?? '' }, header },
    })
    notifications.show({
      color: 'green',
      message: t('It is on its way. The jobs show what becomes of it.'),
    })
    void changed('jobs')
  }
  return (
    <Confirm isOpen={isOpen} close={close} title={t('Send it again')} action={t('Send')} run={send}>
      <Text>
        {customer?.email
          ? t('It is mailed once more to {{email}}, with the PDF.', { email: customer.email })
          : t('The customer has no e-mail address: give it one first.')}
      </Text>
    </Confirm>
  )
}
