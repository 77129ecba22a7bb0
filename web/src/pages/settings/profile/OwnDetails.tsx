import { PasswordInput, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { choose, LANGUAGES, type Language, useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

type Profile = Schema<'ProfileDocument'>

/** The own name, address and language. */
export function OwnDetails({ me }: { me: Schema<'UserDocument'> }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [read, setRead] = useState(me)
  const [isMoving, setMoving] = useState(false)
  const form = useForm<Profile>({ mode: 'uncontrolled', initialValues: valuesOf(me) })
  form.watch('email', ({ value }) => setMoving((value ?? '') !== (read.email ?? '')))
  const begin = (user: Schema<'UserDocument'>) => {
    setRead(user)
    form.setInitialValues(valuesOf(user))
    form.reset()
    setMoving(false)
  }
  const send = async (values: Profile, version?: number) => {
    const body = { ...values, email: values.email || null, password: values.password || null }
    const { data } = await fetchClient.PUT('/api/v1/me', {
      params: { header: ifVersion(version ?? read.version) as { 'If-Match': string } },
      body,
    })
    if (data) begin(data)
    if (values.language && values.language in LANGUAGES) await choose(values.language as Language)
  }
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/me'] })
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/session'] })
    notifications.show({ message: t('Your profile is changed.') })
  }
  const reload = () => void fetchClient.GET('/api/v1/me').then(({ data }) => data && begin(data))
  return (
    <Form form={form} send={send} done={done} reload={reload} submit={t('Save')}>
      <TextInput
        label={t('Signs in as')}
        readOnly
        variant="filled"
        value={read.sign_in}
        autoComplete="username"
      />
      <TextInput
        label={t('Name')}
        autoComplete="name"
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <TextInput
        label={t('E-mail')}
        description={t('Links to reset the password go there.')}
        type="email"
        autoComplete="email"
        key={form.key('email')}
        {...form.getInputProps('email')}
      />
      {isMoving && (
        <PasswordInput
          label={t('Your password')}
          description={t('It is needed to change the e-mail address.')}
          autoComplete="current-password"
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
      )}
      <LanguageField form={form} known={read.language} />
    </Form>
  )
}

interface LanguageFieldProps {
  form: ReturnType<typeof useForm<Profile>>
  known: string | null | undefined
}

/** The language of pages and mails: one that the app speaks, or the one that was set by other means. */
function LanguageField({ form, known }: LanguageFieldProps) {
  const { t } = useTranslation()
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label: label as string }))
  if (known && !(known in LANGUAGES)) languages.push({ value: known, label: known })
  return (
    <Select
      label={t('Language')}
      description={t('Of these pages, and of mails to you.')}
      clearable
      placeholder={t("the browser's")}
      data={languages}
      key={form.key('language')}
      {...form.getInputProps('language')}
    />
  )
}

function valuesOf({ name, email, language }: Schema<'UserDocument'>): Profile {
  return { name, email: email ?? '', language: language ?? null, password: '' }
}
