import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { PlanVersion } from './PlanVersion'

type Call = Schema<'CallDocument'>
type Rerating = Schema<'ReratingDocument'>

/** Rates one call again: first what it would come to, then, if that is wanted, the difference is posted. */
export function Rerate({ call, close }: { call: Call; close: () => void }) {
  const { t } = useTranslation()
  const [version, setVersion] = useState<string>()
  const [header] = useState(once)
  const propose = useMutation({ mutationFn: () => proposal(call, version, header) })
  if (propose.data) return <Proposal rerating={propose.data} call={call} close={close} />
  return (
    <Stack gap="sm">
      <Text size="sm">{t('First you see what it would cost. Nothing is posted before you confirm it.')}</Text>
      <PlanVersion value={version} pick={setVersion} />
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

/** Asks for this call alone: those of its line that ended in the very millisecond that it did. */
async function proposal(
  { ended_at, line, customer }: Call,
  plan_version: string | undefined,
  header: object,
) {
  const from = ended_at ?? ''
  const to = new Date(Date.parse(from) + 1).toISOString()
  const { data } = await fetchClient.POST('/api/v1/reratings', {
    params: { header },
    body: { from, to, line, customer, plan_version },
  })
  return data
}

function Proposal({ rerating, call, close }: { rerating: Rerating; call: Call; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [isDebited, setDebited] = useState(false)
  const confirm = useMutation({
    mutationFn: () =>
      fetchClient.POST('/api/v1/reratings/{id}/confirm', {
        params: { path: { id: rerating.id } },
        body: { debit_prepaid: isDebited },
      }),
    onSuccess: ({ data }) => {
      const isPosted = data?.posted === 1
      notifications.show({
        message: isPosted ? t('The call has its new price.') : t('The call keeps its price.'),
      })
      void changed('calls', 'customers', 'credits')
      close()
    },
  })
  const currency = call.price?.currency ?? ''
  if (rerating.changed === 0)
    return (
      <Stack gap="sm">
        <Text size="sm">
          {rerating.unpriced > 0 ? t('It has no price at these terms.') : t('It would cost the same.')}
        </Text>
        <Button variant="default" onClick={close} ml="auto">
          {t('Close')}
        </Button>
      </Stack>
    )
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm">{t('Price now')}</Text>
        <Money amount={rerating.before} currency={currency} />
      </Group>
      <Group justify="space-between">
        <Text size="sm">{t('New price')}</Text>
        <Money amount={rerating.after} currency={currency} fw={650} />
      </Group>
      <Checkbox
        label={t('Debit a prepaid customer, too')}
        description={t('As far as what it has covers it. What becomes cheaper is given back in any case.')}
        checked={isDebited}
        onChange={(event) => setDebited(event.currentTarget.checked)}
      />
      {confirm.error && <Failure error={confirm.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {t('Leave it')}
        </Button>
        <Button onClick={() => confirm.mutate()} loading={confirm.isPending}>
          {t('Post the difference')}
        </Button>
      </Group>
    </Stack>
  )
}
