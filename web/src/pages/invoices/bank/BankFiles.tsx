import { FileInput, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconFile } from '@tabler/icons-react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { MoneySections } from '../Payments'
import { Waiting } from './Waiting'

type BankFile = Schema<'BankFileDocument'>

/** Money that came in by the bank: what has to be looked at, and the files that told of it. */
export function BankFiles() {
  const { t } = useTranslation()
  const mayDecide = useSession().is('owner', 'admin', 'clerk')
  const files = $api.useInfiniteQuery(
    'get',
    '/api/v1/bank-files',
    { params: { query: { limit: 20 } } },
    PAGES,
  )
  const button = mayDecide && (
    <DialogButton label={t('Import a statement')}>{(close) => <Import close={close} />}</DialogButton>
  )
  return (
    <Page title={t('Bank')} actions={button}>
      <MoneySections />
      <Waiting />
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t('Files')}
        </Title>
        <List
          label={t('Files')}
          columns={useColumns()}
          rowKey={({ id }) => id}
          empty={{ title: t('No file of a bank was imported yet.'), action: button }}
          expected={3}
          {...listed(files)}
        />
      </Stack>
    </Page>
  )
}

function Import({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const form = useForm<{ file: File | null }>({
    initialValues: { file: null },
    validate: { file: (file) => (file ? undefined : t('Choose a file')) },
  })
  const send = async ({ file }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/bank-files', {
      params: { query: { name: file?.name } },
      headers: { 'Content-Type': 'application/octet-stream' },
      body: file as unknown as string,
      bodySerializer: (body) => body,
    })
    if (data)
      notifications.show({
        message: t('{{taken}} payments, {{waiting}} to be looked at.', {
          taken: data.taken,
          waiting: data.waiting,
        }),
      })
  }
  const done = () => {
    close()
    void changed('bank-files', 'bank-rows', 'payments', 'invoices', 'customers', 'lines')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Import')}>
      <Text size="sm">
        {t(
          'A statement in the format camt.053, or a CSV file whose columns the settings name. A file may come twice: nothing is taken twice.',
        )}
      </Text>
      <FileInput
        label={t('File')}
        placeholder={t('Choose a file')}
        accept=".xml,.csv,.txt,text/csv,application/xml,text/xml"
        leftSection={<IconFile size={16} />}
        clearButtonProps={{ 'aria-label': t('Take another file') }}
        // The library's is too pale to be read.
        styles={{ placeholder: { color: 'var(--mantine-color-dimmed)' } }}
        {...form.getInputProps('file')}
      />
    </Form>
  )
}

function useColumns(): Column<BankFile>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', title: t('Name'), cell: ({ name }) => name },
    { key: 'at', title: t('Imported'), cell: ({ imported_at }) => <Time at={imported_at} /> },
    { key: 'taken', title: t('Payments'), cell: ({ taken }) => taken, isFigure: true },
    { key: 'waiting', title: t('To be looked at'), cell: ({ waiting }) => waiting, isFigure: true },
    { key: 'aside', title: t('Set aside'), cell: ({ set_aside }) => set_aside, isFigure: true },
    { key: 'known', title: t('Known before'), cell: ({ known }) => known, isFigure: true },
    { key: 'rejects', title: t('Not readable'), cell: (file) => <Rejects {...file} />, isFigure: true },
  ]
}

function Rejects({ rejects }: BankFile) {
  const { t } = useTranslation()
  if (rejects.length === 0) return 0
  return (
    <DialogButton
      label={String(rejects.length)}
      title={t('Not readable')}
      size="compact-xs"
      variant="default"
    >
      {() => (
        <Stack gap={4} component="ul">
          {rejects.map(({ position, reason }) => (
            <Text component="li" size="sm" key={position}>
              {t('Row {{position}}', { position })}: {reason}
            </Text>
          ))}
        </Stack>
      )}
    </DialogButton>
  )
}
