import { Alert, Anchor } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { $api } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'

/** What became of the page that a customer comes back from. */
export function Checkout({ id }: { id: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const checkout = $api.useQuery(
    'get',
    '/api/v1/checkouts/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state: { data } }) => (data?.state === 'open' ? 2000 : false) },
  )
  const state = checkout.data?.state
  useEffect(() => {
    if (state !== 'paid') return
    for (const changed of ['balance', 'automatic-top-up'])
      void queries.invalidateQueries({ queryKey: ['get', `/api/v1/customers/{id}/${changed}`] })
  }, [state, queries])
  if (!checkout.data) return null
  const { amount, currency, url } = checkout.data
  const money = <Money amount={amount} currency={currency} />
  if (state === 'paid') {
    return (
      <Alert color="green" role="status">
        {t('Thank you. Paid:')} {money}
      </Alert>
    )
  }
  if (state === 'open' && url) {
    return (
      <Alert color="yellow" role="status">
        {t('Not paid so far:')} {money}.{' '}
        <Anchor href={url} underline="always">
          {t('Go on paying')}
        </Anchor>
      </Alert>
    )
  }
  return (
    <Alert color="yellow" role="status">
      {t('Not paid, and nothing was taken:')} {money}.
    </Alert>
  )
}
