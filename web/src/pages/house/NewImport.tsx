import { Button, FileInput, Group, Radio, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconFile, IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Page } from '@/ui/Page'
import { Failure } from '@/ui/states'
import { CallOptions } from './CallOptions'
import { firstLine, guessed } from './columns'
import { useFormats } from './formats'
import { Answer } from './ImportAnswer'
import { ImportProgress } from './ImportProgress'
import { AT_FIRST, asked, contentType, type Format, type Options } from './importOptions'

/** Imports a file: what it is, how it is read, and what came of it. */
export function NewImport() {
  const { t } = useTranslation()
  const changed = useChanged()
  const [file, setFile] = useState<File | null>(null)
  const [answer, setAnswer] = useState<Schema<'ImportAnswer'>>()
  const [refusal, setRefusal] = useState<unknown>()
  const [isSending, setSending] = useState(false)
  const form = useForm<Options>({ initialValues: AT_FIRST })
  const choose = async (chosen: File | null) => {
    setFile(chosen)
    setAnswer(undefined)
    const header = chosen ? await firstLine(chosen).catch(() => []) : []
    form.setValues({ header, columns: guessed(header) })
  }
  const send = async (isDry: boolean) => {
    if (!file) return
    setSending(true)
    setRefusal(undefined)
    setAnswer(undefined)
    try {
      const { data } = await fetchClient.POST('/api/v1/imports', {
        params: { query: asked(form.values, file, isDry) },
        headers: { 'Content-Type': contentType(form.values.format, file) },
        body: file as unknown as string,
        bodySerializer: (body) => body,
      })
      setAnswer(data)
      void changed('imports', 'customers', 'lines', 'calls', 'unrated')
    } catch (refused) {
      setRefusal(refused)
    } finally {
      setSending(false)
    }
  }
  const isOfCustomers = form.values.format === 'customers_csv'
  return (
    <Page title={t('Import a file')}>
      <Stack gap="md" maw={760}>
        <FormatChoice value={form.values.format} choose={(format) => form.setFieldValue('format', format)} />
        <FileInput
          label={t('File')}
          description={t('As it is, or compressed by gzip')}
          placeholder={t('Choose a file')}
          leftSection={<IconFile size={16} />}
          clearable
          clearButtonProps={{ 'aria-label': t('Take another file') }}
          // The library's is too pale to be read.
          styles={{ placeholder: { color: 'var(--mantine-color-dimmed)' } }}
          value={file}
          onChange={(chosen) => void choose(chosen)}
        />
        {!isOfCustomers && <CallOptions form={form} />}
        <Group>
          <Button
            leftSection={<IconUpload size={16} />}
            disabled={!file}
            loading={isSending}
            onClick={() => void send(isOfCustomers)}
          >
            {isOfCustomers ? t('Check the file') : t('Start the import')}
          </Button>
        </Group>
        {isSending && file && <ImportProgress name={file.name} />}
        {Boolean(refusal) && <Failure error={refusal} />}
      </Stack>
      {answer && <Answer answer={answer} write={() => void send(false)} />}
    </Page>
  )
}

function FormatChoice({ value, choose }: { value: Format; choose: (format: Format) => void }) {
  const { t } = useTranslation()
  return (
    <Radio.Group
      label={t('What the file holds')}
      value={value}
      onChange={(format) => choose(format as Format)}
    >
      <Stack gap="xs" mt="xs">
        {useFormats().map((format) => (
          <Radio key={format.value} {...format} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
