import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileCode } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { fetchClient } from '@/api/client'
import type { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'

interface DownloadUblProps {
  place: 'invoices' | 'credit-notes'
  id: string
}

/** Has the browser save an invoice or credit note for programs; where it lacks something for that, what and where it is set is shown. */
export function DownloadUbl({ place, id }: DownloadUblProps) {
  const { t } = useTranslation()
  const file = useMutation<string, Refusal>({
    mutationFn: async () => {
      const asked = { params: { path: { id } }, parseAs: 'text' as const }
      const { data } =
        place === 'invoices'
          ? await fetchClient.GET('/api/v1/invoices/{id}/ubl', asked)
          : await fetchClient.GET('/api/v1/credit-notes/{id}/ubl', asked)
      return data ?? ''
    },
    onSuccess: (xml) => save(new Blob([xml], { type: 'application/xml' }), `${place}-${id}.xml`),
    onError: (refusal) => notifications.show({ color: 'red', message: refusal.message, autoClose: false }),
  })
  return (
    <Button
      variant="default"
      leftSection={<IconFileCode size={16} />}
      onClick={() => file.mutate()}
      loading={file.isPending}
    >
      {t('Download e-invoice')}
    </Button>
  )
}

function save(blob: Blob, name: string) {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
