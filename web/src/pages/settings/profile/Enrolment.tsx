import {
  Alert,
  Anchor,
  Button,
  Code,
  Group,
  PasswordInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef, useState } from 'react'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { Copy } from '../keys/Secret'
import { QrCode } from './QrCode'
import { useRefresh } from './SecondFactor'

type Begun = Schema<'EnrolmentDocument'>

/** Begins to use a second factor: the password, then a code, then the recovery codes. */
export function Enrolment({ close }: { close: () => void }) {
  const [begun, setBegun] = useState<Begun>()
  const [codes, setCodes] = useState<string[]>()
  if (codes) return <RecoveryCodes codes={codes} close={close} />
  if (begun) return <CodeStep begun={begun} confirmed={setCodes} close={close} />
  return <PasswordStep begin={setBegun} close={close} />
}

function PasswordStep({ begin, close }: { begin: (begun: Begun) => void; close: () => void }) {
  const { t } = useTranslation()
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } })
  const begun = useRef<Begun>(undefined)
  const send = async (body: { password: string }) => {
    const { data } = await fetchClient.POST('/api/v1/me/second-factor', { body })
    begun.current = data
  }
  const done = () => begun.current && begin(begun.current)
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Next')}>
      <PasswordInput
        label={t('Your password')}
        autoComplete="current-password"
        data-autofocus
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
    </Form>
  )
}

interface CodeStepProps {
  begun: Begun
  confirmed: (codes: string[]) => void
  close: () => void
}

function CodeStep({ begun, confirmed, close }: CodeStepProps) {
  const { t } = useTranslation()
  const refresh = useRefresh()
  const codes = useRef<string[]>([])
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } })
  const send = async (body: { code: string }) => {
    const { data } = await fetchClient.POST('/api/v1/me/second-factor/confirm', { body })
    codes.current = data?.recovery_codes ?? []
  }
  const done = () => {
    refresh()
    confirmed(codes.current)
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Turn it on')}>
      <Text size="sm">{t('Scan this with your authenticator, or type the key into it.')}</Text>
      <Group justify="center">
        <QrCode text={begun.url} label={t('The key as a QR code')} />
      </Group>
      <Group gap="xs" justify="center">
        <Code style={{ overflowWrap: 'anywhere' }}>{begun.secret.replace(/.{4}(?=.)/g, '$& ')}</Code>
        <Anchor href={begun.url} fz="sm">
          {t('Open it in an authenticator on this device')}
        </Anchor>
      </Group>
      <TextInput
        label={t('Code')}
        description={t('The six digits that it shows now.')}
        autoComplete="one-time-code"
        inputMode="numeric"
        key={form.key('code')}
        {...form.getInputProps('code')}
      />
    </Form>
  )
}

function RecoveryCodes({ codes, close }: { codes: string[]; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="yellow" title={t('The second factor is on')}>
        <Text size="sm">
          {t(
            'Keep these recovery codes safe: each stands in for the authenticator once. They are shown this once.',
          )}
        </Text>
      </Alert>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((code) => (
          <Code key={code} fz="sm" ta="center" p={6}>
            {code}
          </Code>
        ))}
      </SimpleGrid>
      <Group justify="space-between">
        <Copy text={codes.join('\n')} />
        <Button onClick={close}>{t('I have them')}</Button>
      </Group>
    </Stack>
  )
}
