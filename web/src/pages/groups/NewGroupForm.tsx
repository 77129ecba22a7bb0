import { useForm } from '@mantine/form'
import { useRef, useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { BasicFields } from './BasicFields'

interface NewGroupFormProps {
  /** It is made, under this id. */
  done: (id: string) => void
  cancel: () => void
}

interface Values {
  name: string
  time_zone: string | null
  wanted: number | string
}

/** Makes a group; how its number is answered is set on its page. */
export function NewGroupForm({ done, cancel }: NewGroupFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  const made = useRef('')
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: { name: '', time_zone: null, wanted: 1 },
  })
  const send = async (values: Values) => {
    const body = { ...values, wanted: Number(values.wanted) }
    const { data } = await fetchClient.POST('/api/v1/groups', { params: { header: key }, body })
    made.current = data?.id ?? ''
  }
  const leave = () => {
    void changed('groups')
    done(made.current)
  }
  return (
    <Form form={form} send={send} done={leave} cancel={cancel} submit={t('Make the group')}>
      <BasicFields isNew field={(name) => form.getInputProps(name)} />
    </Form>
  )
}
