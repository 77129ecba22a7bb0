import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { useDone } from '../done'

/** Closes a line for good. */
export function CloseLine({ line: { id, number, version } }: { line: Schema<'LineDocument'> }) {
  const { t } = useTranslation()
  const tell = useDone()
  return (
    <ConfirmButton
      label={t('Close the line')}
      warning={t(
        'Line {{number}} ends for good. What it owes goes on the next invoice; its number rests before another line may have it.',
        { number },
      )}
      color="red"
      variant="light"
      run={async (key) => {
        const header = { ...key, ...ifVersion(version) }
        await fetchClient.POST('/api/v1/lines/{id}/close', { params: { path: { id }, header } })
        tell(t('The line is closed.'))
      }}
    />
  )
}
