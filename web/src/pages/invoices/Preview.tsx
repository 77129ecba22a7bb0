import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconFileInvoice, IconInfoCircle } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient } from '@/api/client'
import { Period } from '@/format/day'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Confirm } from '@/ui/Confirm'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { Page } from '@/ui/Page'
import { PaperFrame } from '@/ui/PaperFrame'
import { Empty, Failure, Waiting } from '@/ui/states'

const route = getRouteApi('/frame/invoices/preview')

/** What a customer's next invoices would be, if the period ended now. */
export function Preview() {
  const { t } = useTranslation()
  const { customer } = route.useSearch()
  const navigate = route.useNavigate()
  const mayIssue = useSession().is('owner', 'admin', 'clerk')
  return (
    <Page
      title={t('Preview of the next invoice')}
      actions={customer && mayIssue && <Issue customer={customer} />}
    >
      <Group>
        <CustomerSelect
          label={t('Customer')}
          value={customer ?? null}
          onChange={(id) => void navigate({ search: { customer: id ?? undefined } })}
          allowDeselect={false}
          w={320}
        />
      </Group>
      {customer ? (
        <Previews customer={customer} />
      ) : (
        <Empty title={t('Choose a customer, to see what its next invoice would be.')} />
      )}
    </Page>
  )
}

function Previews({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const previews = $api.useQuery('get', '/api/v1/customers/{id}/invoices/preview', {
    params: { path: { id: customer } },
  })
  if (previews.error) return <Failure error={previews.error} again={() => void previews.refetch()} />
  if (!previews.data) return <Waiting />
  const papers = previews.data.items
  if (papers.length === 0) return <Empty title={t('Nothing waits for an invoice.')} />
  const address = (line: string | null | undefined) =>
    `/api/v1/customers/${customer}/invoices/preview.html${line ? `?line=${line}` : ''}`
  return (
    <Stack gap="lg">
      <Alert icon={<IconInfoCircle />}>
        {t('Fees to the end of the period, calls up to now, and what else waits for an invoice.')}
      </Alert>
      {papers.map(({ line, lines, period }) => (
        <Stack key={line ?? 'all'} gap="xs">
          {papers.length > 1 && (
            <Title order={2} size="h4">
              {lines.find(({ number }) => number)?.number} <Period of={period} />
            </Title>
          )}
          <PaperFrame address={address(line)} title={t('Preview of the next invoice')} />
        </Stack>
      ))}
    </Stack>
  )
}

function Issue({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const changed = useChanged()
  const issue = async (header: { 'Idempotency-Key': string }) => {
    const { data } = await fetchClient.POST('/api/v1/customers/{id}/invoices', {
      params: { path: { id: customer }, header },
    })
    if (data?.issued) {
      const numbers = data.invoices.map(({ number }) => number).join(', ')
      notifications.show({ color: 'green', message: t('Issued: {{numbers}}', { numbers }) })
    } else {
      notifications.show({
        message: t('Nothing is issued: none of its periods has ended yet.'),
      })
    }
    void changed('invoices', 'customers')
  }
  return (
    <>
      <Button leftSection={<IconFileInvoice size={16} />} onClick={open}>
        {t('Issue now')}
      </Button>
      <Confirm
        isOpen={isOpen}
        close={close}
        title={t('Issue what is due?')}
        action={t('Issue now')}
        run={issue}
      >
        <Text>
          {t(
            'Every period of the customer that has ended is closed, and its invoice numbered and mailed. The running period stays open.',
          )}
        </Text>
      </Confirm>
    </>
  )
}
