import { Alert, Anchor, Button, Select, Text } from '@mantine/core'
import { IconPhoneIncoming } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, once } from '@/api/client'
import { Refusal } from '@/api/problem'
import { amountText } from '@/format/money'
import { type Translate, useTranslation } from '@/i18n'
import type { CallableAgent } from '../agents'
import { useOwnPhones } from './ownPhones'
import { type Status, statusOf, usePlaced, useStatus } from './placed'

interface CallMeProps {
  agent: CallableAgent
  customer: string
  /** The agent cannot be called now. */
  isOff: boolean
}

/** Has an ordinary phone of the customer ring, and then the agent's. Who has no such phone sees nothing. */
export function CallMe({ agent, customer, isOff }: CallMeProps) {
  const phones = useOwnPhones(customer)
  const queries = useQueryClient()
  const [placed, setPlaced] = usePlaced(customer)
  const last = useStatus(placed?.id).data
  const place = $api.useMutation('post', '/api/v1/calls')
  if (phones.length === 0) return null
  const call = (phone: string) =>
    place.mutate(
      { params: { header: once() }, body: { customer, agent: agent.id, phone } },
      {
        onSuccess: (made) => {
          // A call that is placed is answered by how it stands.
          const status = made as Status
          queries.setQueryData(statusOf(status.id).queryKey, status)
          setPlaced({ id: status.id, agent: agent.id, phone })
        },
      },
    )
  const isRunning = Boolean(last && last.state !== 'over')
  return (
    <>
      <Phones {...{ agent, phones, call }} isOff={isOff || isRunning} isPlacing={place.isPending} />
      {place.error && <Refused error={place.error} />}
    </>
  )
}

interface PhonesProps {
  agent: CallableAgent
  phones: string[]
  call: (phone: string) => void
  isOff: boolean
  isPlacing: boolean
}

function Phones({ agent, phones, call, isOff, isPlacing }: PhonesProps) {
  const { t } = useTranslation()
  const [chosen, choose] = useState<string | null>(null)
  const phone = phones.find((each) => each === chosen) ?? phones[0] ?? ''
  return (
    <>
      <Button
        fullWidth
        variant="default"
        leftSection={<IconPhoneIncoming size={18} />}
        disabled={isOff}
        loading={isPlacing}
        onClick={() => call(phone)}
      >
        {agent.needs
          ? t('Need {{amount}} to call on {{phone}}', {
              amount: amountText(agent.needs, agent.currency),
              phone,
            })
          : t('Call me on {{phone}}', { phone })}
      </Button>
      {phones.length > 1 && (
        <Select
          size="xs"
          label={t('My phone')}
          data={phones}
          value={phone}
          onChange={choose}
          allowDeselect={false}
        />
      )}
    </>
  )
}

/** Why no phone rings, and what to do. */
function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const isShort = error instanceof Refusal && error.kind === 'insufficient-balance'
  return (
    <Alert color="yellow" p="xs" role="alert">
      <Text size="sm">{refusedText(t, error)}</Text>
      {isShort && (
        <Anchor component={Link} to="/portal" size="sm">
          {t('Add funds')}
        </Anchor>
      )}
    </Alert>
  )
}

/** The figures that a refused call's problem can have. */
interface Figures {
  reason?: string
  available?: string
  required?: string
  currency?: string
}

function refusedText(t: Translate, error: unknown): string {
  if (!(error instanceof Refusal)) return String(error)
  if (error.status === 0) return t('Tollgate cannot be reached.')
  const { reason = '', available, required, currency } = (error.problem ?? {}) as Figures
  if (available && required && currency)
    return t('A call needs {{required}}, and you have {{available}}.', {
      required: amountText(required, currency),
      available: amountText(available, currency),
    })
  const words: Record<string, string> = {
    agent_not_there: t('Not there just now'),
    no_line: t('You need a line to call'),
    no_route: t('The two phones cannot be connected just now.'),
    maintenance: t('The exchange is being maintained: no calls begin now.'),
  }
  return words[reason] ?? error.message
}
