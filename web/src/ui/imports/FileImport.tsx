import { Alert, Button, FileInput, Group, Stack } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconFile, IconListCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { type Outcome, outcomeText } from './outcome'

interface FileImportProps<Found extends Outcome> {
  /** Which files are offered to be chosen. */
  accept: string
  /** What is said of how it is read: what was checked otherwise is checked again. */
  options?: string
  /** Sends it; without a change of anything, where it is only checked. */
  send: (file: File, isDry: boolean) => Promise<Found | undefined>
  /** What the button says that does it. */
  submit: string
  /** It is done. */
  done: () => void
  /** What came of each thing in it. */
  show: (found: Found) => ReactNode
  /** What can be said of how it is read. */
  children?: ReactNode
}

interface Answer<Found> {
  found: Found
  options: string | undefined
}

/** Takes in a file: first it is told what would come of it, then it is done. */
export function FileImport<Found extends Outcome>(props: FileImportProps<Found>) {
  const { t } = useTranslation()
  const { accept, options, send, submit, done, show, children } = props
  const [file, setFile] = useState<File | null>(null)
  const [answer, setAnswer] = useState<Answer<Found>>()
  const [refusal, setRefusal] = useState<unknown>()
  const [isSending, setSending] = useState(false)
  const choose = (chosen: File | null) => {
    setFile(chosen)
    setAnswer(undefined)
    setRefusal(undefined)
  }
  const run = async (isDry: boolean) => {
    if (!file) return
    setSending(true)
    setRefusal(undefined)
    try {
      const found = await send(file, isDry)
      setAnswer(found && { found, options })
      if (!isDry) done()
    } catch (refused) {
      setAnswer(undefined)
      setRefusal(refused)
    } finally {
      setSending(false)
    }
  }
  const found = answer?.options === options ? answer?.found : undefined
  return (
    <Stack gap="md">
      <FileInput
        label={t('File')}
        placeholder={t('Choose a file')}
        accept={accept}
        leftSection={<IconFile size={16} />}
        clearable
        clearButtonProps={{ 'aria-label': t('Take another file') }}
        maw={420}
        // The library's is too pale to be read.
        styles={{ placeholder: { color: 'var(--mantine-color-dimmed)' } }}
        value={file}
        onChange={choose}
      />
      {children}
      {!found && (
        <Group>
          <Button
            variant="default"
            leftSection={<IconListCheck size={16} />}
            disabled={!file}
            loading={isSending}
            onClick={() => void run(true)}
          >
            {t('Check the file')}
          </Button>
        </Group>
      )}
      {Boolean(refusal) && <Failure error={refusal} />}
      {found && (
        <Stack gap="md">
          <Alert
            color={found.refused > 0 ? 'yellow' : found.dry_run ? undefined : 'green'}
            icon={found.refused > 0 ? <IconAlertTriangle /> : <IconCheck />}
            title={found.dry_run ? t('Nothing is written yet.') : t('It is done.')}
          >
            <Stack gap="xs" align="flex-start">
              {outcomeText(found)}
              {found.dry_run && (
                <Button
                  size="xs"
                  loading={isSending}
                  disabled={found.created === 0}
                  onClick={() => void run(false)}
                >
                  {submit}
                </Button>
              )}
            </Stack>
          </Alert>
          {show(found)}
        </Stack>
      )}
    </Stack>
  )
}
