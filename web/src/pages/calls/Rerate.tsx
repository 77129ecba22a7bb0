import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { PlanVersion } from './PlanVersion'
import { Proposal } from './Proposal'

export interface RerateProps {
  /** Which calls, at first by the prices of their own time. */
  request: Schema<'ReratingRequest'>
  currency: string
  close: () => void
}

/** Rates calls again: first what it would come to, then, if that is wanted, the difference is posted. */
export function Rerate({ request, currency, close }: RerateProps) {
  const { t } = useTranslation()
  const [plan_version, setVersion] = useState<string>()
  const propose = useMutation({
    mutationFn: async () => {
      const body = { ...request, plan_version }
      const { data } = await fetchClient.POST('/api/v1/reratings', { params: { header: once() }, body })
      return data
    },
  })
  if (propose.data) return <Proposal rerating={propose.data} currency={currency} close={close} />
  return (
    <Stack gap="sm">
      <Text size="sm">{t('First you see what it would cost. Nothing is posted before you confirm it.')}</Text>
      <PlanVersion value={plan_version} pick={setVersion} />
      {propose.error && <Failure error={propose.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {t('Cancel')}
        </Button>
        <Button onClick={() => propose.mutate()} loading={propose.isPending}>
          {t('What would it cost?')}
        </Button>
      </Group>
    </Stack>
  )
}
