import { Anchor, SimpleGrid, Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Figure } from './Figure'
import { TalkTime } from './TalkTime'

interface FiguresProps {
  customer: Schema<'CustomerDocument'>
  balance: Schema<'BalanceDocument'> | undefined
  lines: Schema<'LineDocument'>[]
}

/** What a customer has, owes and can talk for. */
export function CustomerFigures({ customer, balance, lines }: FiguresProps) {
  if (!balance) return <Skeleton height={86} />
  const line = lines.find(({ state }) => state !== 'closed')
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Balance balance={balance} />
      <Available balance={balance} />
      {customer.mode === 'postpaid' && <Unpaid balance={balance} />}
      {customer.mode === 'prepaid' && <FreeMinutes seconds={balance.free_seconds} />}
      {line && <TalkTime line={line} />}
    </SimpleGrid>
  )
}

function Balance({ balance: { balance, currency, promotional } }: { balance: Schema<'BalanceDocument'> }) {
  const { t } = useTranslation()
  return (
    <Figure
      title={t('Balance')}
      more={
        !isZero(promotional) && (
          <>
            <Money amount={promotional} currency={currency} /> {t('of it promotional')}
          </>
        )
      }
    >
      <Money amount={balance} currency={currency} />
    </Figure>
  )
}

function Available({ balance }: { balance: Schema<'BalanceDocument'> }) {
  const { t } = useTranslation()
  const { available, credit_limit, held, live_calls, currency } = balance
  return (
    <Figure
      title={t('Left for calls')}
      more={
        <>
          {credit_limit && !isZero(credit_limit) && (
            <div>
              {t('Credit limit')} <Money amount={credit_limit} currency={currency} />
            </div>
          )}
          {live_calls > 0 && (
            <div>
              <Money amount={held} currency={currency} />{' '}
              <Anchor component={Link} to="/calls/live">
                {t('held for calls now')}
              </Anchor>
            </div>
          )}
        </>
      }
    >
      {available ? <Money amount={available} currency={currency} /> : t('No limit')}
    </Figure>
  )
}

function Unpaid({ balance: { customer, unpaid, currency } }: { balance: Schema<'BalanceDocument'> }) {
  const { t } = useTranslation()
  return (
    <Figure
      title={t('Unpaid invoices')}
      more={
        !isZero(unpaid) && (
          <Anchor component={Link} to={`/customers/${customer}`} search={{ tab: 'invoices' } as never}>
            {t('Show them')}
          </Anchor>
        )
      }
    >
      <Money amount={unpaid} currency={currency} />
    </Figure>
  )
}

function FreeMinutes({ seconds }: { seconds: number }) {
  const { t } = useTranslation()
  return <Figure title={t('Free minutes')}>{durationText(seconds)}</Figure>
}
