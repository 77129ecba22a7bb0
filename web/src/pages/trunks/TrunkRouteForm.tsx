import { NumberInput, Select, SimpleGrid, Switch, TextInput } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { RateFields } from '@/pages/prices/plans/RateFields'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { useTrunks } from './trunk'
import { bodyOf, newValues, type RouteValues, type TrunkRoute, valuesOf } from './trunkRoute'

interface TrunkRouteFormProps {
  /** The one that is changed; a new one is made without. */
  route?: TrunkRoute
  close: () => void
}

/** Makes a route, or changes one. */
export function TrunkRouteForm({ route, close }: TrunkRouteFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const trunks = useTrunks().rows ?? []
  const [key] = useState(once)
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(route?.version ?? 0)
  const only = trunks.length === 1 ? trunks[0] : undefined
  const form = useForm<RouteValues>({
    mode: 'controlled',
    initialValues: route ? valuesOf(route) : newValues(only?.id ?? ''),
    validate: { trunk: (trunk) => (trunk ? undefined : t('Which trunk?')) },
  })
  const send = (values: RouteValues, version?: number) => {
    const body = bodyOf(values)
    if (!route) return fetchClient.POST('/api/v1/trunk-routes', { params: { header: key }, body })
    const params = { path: { id: route.id }, header: ifVersion(version ?? read) as { 'If-Match': string } }
    return fetchClient.PUT('/api/v1/trunk-routes/{id}', { params, body })
  }
  const leave = () => {
    close()
    void changed('trunk-routes')
  }
  return (
    <Form
      form={form}
      send={send}
      done={leave}
      reload={leave}
      cancel={close}
      submit={route ? t('Save') : t('Make the route')}
    >
      <TextInput
        label={t('Prefix')}
        description={t('What the number begins with, the country code first; empty for every number.')}
        placeholder="44"
        inputMode="tel"
        data-autofocus
        {...form.getInputProps('prefix')}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" style={{ alignItems: 'end' }}>
        <Select
          label={t('Trunk')}
          description={t('Where it goes out.')}
          required
          allowDeselect={false}
          data={trunks.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('trunk')}
        />
        <NumberInput
          label={t('Order')}
          description={t('Of routes with this prefix the lowest goes first.')}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('position')}
        />
        <NumberInput
          label={t('Digits cut off')}
          description={t('At the beginning, without the plus sign.')}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('strip')}
        />
        <TextInput
          label={t('Put before')}
          description={t('Such as 0, 00 or +, as the carrier wants it.')}
          inputMode="tel"
          {...form.getInputProps('add')}
        />
      </SimpleGrid>
      <BuyingRate form={form} />
    </Form>
  )
}

/** What a call costs the tenant, where that is known. */
function BuyingRate({ form }: { form: UseFormReturnType<RouteValues> }) {
  const { t } = useTranslation()
  const { currency } = useSession().tenant
  const { has_rate, buying_rate } = form.getValues()
  return (
    <>
      <Switch
        label={t('Buying rate')}
        description={t('What the carrier charges you for a call.')}
        {...form.getInputProps('has_rate', { type: 'checkbox' })}
      />
      {has_rate && (
        <RateFields
          rate={buying_rate}
          change={(rate) => form.setFieldValue('buying_rate', rate)}
          currency={currency}
          path="buying_rate"
          errors={form.errors}
        />
      )}
    </>
  )
}
