import { Badge } from '@mantine/core'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'

/** Whether what is left of a batch can still be redeemed. */
export function isOver({ revoked_at, expires_at }: Schema<'VoucherBatchDocument'>): boolean {
  return Boolean(revoked_at) || Boolean(expires_at && Date.parse(expires_at) <= Date.now())
}

/** The same in a word. */
export function BatchState(batch: Schema<'VoucherBatchDocument'>) {
  const { t } = useTranslation()
  const word = batch.revoked_at ? t('revoked') : isOver(batch) ? t('expired') : t('in use')
  return (
    <Badge variant="light" color={isOver(batch) ? 'gray' : 'green'} radius="sm">
      {word}
    </Badge>
  )
}
