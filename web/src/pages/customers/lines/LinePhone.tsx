import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Failure } from '@/ui/states'
import { useDone } from '../done'

interface LinePhoneProps {
  line: Schema<'LineDocument'>
  mayChange: boolean
}

/** What a line's phone registers with at the built-in exchange. */
export function LinePhone({ line, mayChange }: LinePhoneProps) {
  const { t } = useTranslation()
  const tell = useDone()
  const [secret, setSecret] = useState<string>()
  const { secret_made_at, open } = line.phone
  const params = { path: { id: line.id } }
  const make = async () => {
    const { data } = await fetchClient.POST('/api/v1/lines/{id}/phone-secret', { params })
    setSecret(data?.secret)
    tell()
  }
  const take = async () => {
    await fetchClient.DELETE('/api/v1/lines/{id}/phone-secret', { params })
    setSecret(undefined)
    tell(t('The secret opens nothing any more.'))
  }
  return (
    <Stack gap="md" align="flex-start">
      <Text size="sm">
        {secret_made_at ? (
          <>
            {t('Its phone registers with the number {{number}} and a secret made on', {
              number: line.number,
            })}{' '}
            <Time at={secret_made_at} />.
          </>
        ) : (
          t('It has no secret yet: a phone outside of this app cannot register.')
        )}
        {open && ` ${t('This is a demo: from this machine it registers without a secret, too.')}`}
      </Text>
      {secret && <Shown secret={secret} />}
      {mayChange && (
        <Group gap="xs">
          {secret_made_at ? (
            <>
              <ConfirmButton
                label={t('Make a new secret')}
                warning={t(
                  'The secret that it has opens nothing any more; who is registered with it stays so.',
                )}
                run={make}
              />
              <ConfirmButton
                label={t('Take the secret away')}
                warning={t('With it nobody registers any more.')}
                run={take}
              />
            </>
          ) : (
            <MakeSecret make={make} />
          )}
        </Group>
      )}
    </Stack>
  )
}

function MakeSecret({ make }: { make: () => Promise<void> }) {
  const { t } = useTranslation()
  const [refusal, setRefusal] = useState<unknown>()
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        leftSection={<IconKey size={16} />}
        onClick={() => void make().catch((error: unknown) => setRefusal(error))}
      >
        {t('Make a secret')}
      </Button>
      {Boolean(refusal) && <Failure error={refusal} />}
    </Stack>
  )
}

/** A secret that is seen once. */
function Shown({ secret }: { secret: string }) {
  const { t } = useTranslation()
  return (
    <Alert color="yellow" icon={<IconKey />} title={t('Copy it now: it is shown this once')} role="status">
      <Group gap="sm">
        <Code fz="md">{secret}</Code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            >
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  )
}
