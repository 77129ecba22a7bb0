import { Checkbox, Select, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomersField } from './CustomersField'
import { mayGive, useRoles } from './roles'

export type Grants = Schema<'GrantsDocument'>

interface GrantsFieldsProps<Values> {
  form: UseFormReturnType<Values>
  /** Where they are in the form's values. */
  at: '' | 'grants.'
  grants: Grants
}

/** What somebody may do: a set of roles, with the records that go with two of them. */
export function GrantsFields<Values>({ form, at, grants: initial }: GrantsFieldsProps<Values>) {
  const { t } = useTranslation()
  const session = useSession()
  const [grants, setGrants] = useState(initial)
  const set = (change: Partial<Grants>) => {
    setGrants({ ...grants, ...change })
    for (const [name, value] of Object.entries(change)) form.setFieldValue(at + name, value as never)
  }
  const setRoles = (roles: string[]) =>
    set({
      roles,
      customers: roles.includes('customer') ? (grants.customers ?? []) : [],
      agent: roles.includes('agent') ? (grants.agent ?? null) : null,
    })
  return (
    <>
      <Checkbox.Group
        label={t('Roles')}
        value={grants.roles}
        onChange={setRoles}
        error={form.errors[`${at}roles`]}
      >
        <Stack gap="xs" mt={6}>
          {useRoles()
            .filter(({ role }) => mayGive(session, role))
            .map(({ role, name, help }, position) => (
              <Checkbox
                key={role}
                value={role}
                label={name}
                description={help}
                data-path={position === 0 ? `${at}roles` : undefined}
              />
            ))}
        </Stack>
      </Checkbox.Group>
      {grants.roles.includes('customer') && (
        <CustomersField
          path={`${at}customers`}
          chosen={grants.customers ?? []}
          change={(customers) => set({ customers })}
          error={form.errors[`${at}customers`]}
        />
      )}
      {grants.roles.includes('agent') && (
        <AgentField
          path={`${at}agent`}
          chosen={grants.agent ?? null}
          change={(agent) => set({ agent })}
          error={form.errors[`${at}agent`]}
        />
      )}
    </>
  )
}

interface AgentFieldProps {
  path: string
  chosen: string | null
  change: (id: string | null) => void
  error: React.ReactNode
}

function AgentField({ path, chosen, change, error }: AgentFieldProps) {
  const { t } = useTranslation()
  const agents = $api.useQuery('get', '/api/v1/agents', { params: { query: { limit: 500 } } })
  return (
    <Select
      label={t('Agent record')}
      description={t('The one by which they answer calls and earn.')}
      data-path={path}
      error={error}
      searchable
      nothingFoundMessage={t('Nothing found')}
      value={chosen}
      onChange={change}
      data={agents.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
    />
  )
}
