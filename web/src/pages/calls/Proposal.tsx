import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { ChangedCalls } from './ChangedCalls'

interface ProposalProps {
  rerating: Schema<'ReratingDocument'>
  currency: string
  close: () => void
}

/** What a re-rating would change. */
export function Proposal({ rerating, currency, close }: ProposalProps) {
  const { t } = useTranslation()
  const { calls, changed, unpriced, before, after } = rerating
  return (
    <Stack gap="sm">
      <Line title={t('Calls looked at')}>{calls}</Line>
      <Line title={t('Those that would cost something else')}>{changed}</Line>
      {unpriced > 0 && (
        <Line title={t('Those without a price at these terms: they keep theirs')}>{unpriced}</Line>
      )}
      {changed > 0 ? (
        <>
          <Line title={t('Price now')}>
            <Money amount={before} currency={currency} />
          </Line>
          <Line title={t('New price')}>
            <Money amount={after} currency={currency} fw={650} />
          </Line>
          {changed > 1 && <ChangedCalls id={rerating.id} />}
          <Confirmation id={rerating.id} close={close} />
        </>
      ) : (
        <Button variant="default" onClick={close} ml="auto">
          {t('Close')}
        </Button>
      )}
    </Stack>
  )
}

function Line({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{title}</Text>
      <span className="figures">{children}</span>
    </Group>
  )
}

function Confirmation({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [debit_prepaid, setDebited] = useState(false)
  const confirm = useMutation({
    mutationFn: () =>
      fetchClient.POST('/api/v1/reratings/{id}/confirm', {
        params: { path: { id } },
        body: { debit_prepaid },
      }),
    onSuccess: ({ data }) => {
      const { posted = 0, kept = 0, changed_since = 0 } = data ?? {}
      const withNew = t('{{count}} calls have their new price.', {
        count: posted,
        defaultValue_one: '{{count}} call has its new price.',
        defaultValue_other: '{{count}} calls have their new price.',
      })
      const withOld = t('{{count}} calls keep their price.', {
        count: kept + changed_since,
        defaultValue_one: '{{count}} call keeps its price.',
        defaultValue_other: '{{count}} calls keep their price.',
      })
      notifications.show({ message: kept + changed_since > 0 ? `${withNew} ${withOld}` : withNew })
      void changed('calls', 'customers', 'invoices')
      close()
    },
  })
  return (
    <>
      <Checkbox
        label={t('Debit prepaid customers, too')}
        description={t('As far as what they have covers it. What becomes cheaper is given back in any case.')}
        checked={debit_prepaid}
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
    </>
  )
}
