import { Fieldset, Stack, Text, Title } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useState } from 'react'
import { fetchClient, ifVersion } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { editOf, type Tenant, type Values, valuesOf } from './document'
import { placed } from './faults'
import classes from './settings.module.css'

const Context = createContext<UseFormReturnType<Values> | undefined>(undefined)

/** The form that a field of settings is in. */
export function useSettings(): UseFormReturnType<Values> {
  const form = use(Context)
  if (!form) throw new Error('this field is in no form of settings')
  return form
}

async function readTenant(): Promise<Tenant> {
  const { data } = await fetchClient.GET('/api/v1/tenant')
  if (!data) throw Refusal.unreachable()
  return data
}

async function writeTenant(there: Tenant, before: Values, after: Values): Promise<Tenant> {
  const { data } = await fetchClient.PUT('/api/v1/tenant', {
    params: { header: ifVersion(there.version) },
    body: editOf(there, before, after),
  })
  if (!data) throw Refusal.unreachable()
  return data
}

interface SectionFormProps {
  tenant: Tenant
  title: string
  children: ReactNode
}

/** One section of the settings, saved on its own. Whoever may not change them sees them. */
export function SectionForm({ tenant, title, children }: SectionFormProps) {
  const { t } = useTranslation()
  const canEdit = useSession().is('owner', 'admin')
  return (
    <Stack gap="md" maw={640}>
      <Title order={2} size="h3">
        {title}
      </Title>
      {!canEdit && (
        <Text size="sm" c="dimmed">
          {t('Owners and admins change settings.')}
        </Text>
      )}
      {canEdit ? <Editable tenant={tenant}>{children}</Editable> : <Shown tenant={tenant}>{children}</Shown>}
    </Stack>
  )
}

function useValues(tenant: Tenant) {
  return useForm<Values>({ mode: 'uncontrolled', initialValues: valuesOf(tenant) })
}

function Shown({ tenant, children }: { tenant: Tenant; children: ReactNode }) {
  return (
    <Context value={useValues(tenant)}>
      <Fieldset variant="unstyled" disabled className={classes.shown}>
        <Stack gap="md">{children}</Stack>
      </Fieldset>
    </Context>
  )
}

function Editable({ tenant, children }: { tenant: Tenant; children: ReactNode }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const form = useValues(tenant)
  const [read, setRead] = useState(tenant)
  const begin = (from: Tenant) => {
    setRead(from)
    form.setInitialValues(valuesOf(from))
    form.reset()
    queries.setQueryData(['get', '/api/v1/tenant', {}], from)
  }
  const send = async (values: Values, version?: number) => {
    try {
      // Where theirs is to be overwritten it is by what was edited here alone: the rest is as they left it.
      const there = version === undefined ? read : await readTenant()
      begin(await writeTenant(there, valuesOf(read), values))
    } catch (error) {
      throw placed(error, (path) => form.getInputNode(path) !== null)
    }
  }
  const done = () => {
    // The currency and the zone that all pages show are the session's.
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/session'] })
    notifications.show({ message: t('Settings saved.') })
  }
  return (
    <Context value={form}>
      <Form
        form={form}
        send={send}
        done={done}
        reload={() => void readTenant().then(begin)}
        submit={t('Save')}
      >
        {children}
      </Form>
    </Context>
  )
}
