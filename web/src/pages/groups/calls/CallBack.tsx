import { Button, Modal, Stack, Text, Tooltip } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPhoneOutgoing } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { useAgentNames } from '../group'
import { AgentSelect } from '../roster/AgentSelect'
import { callerText } from '../words'
import { notKnownText } from './words'

interface CallBackProps {
  group: string
  /** What is answered by calling back. */
  of: Pick<Schema<'NewCallBackDocument'>, 'call' | 'message'>
  /** Who has called: the number, or what stands in its place. */
  caller: string
}

/** Has an agent's phone ring, and then that of who has called. */
export function CallBack({ group, of, caller }: CallBackProps) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const reason = notKnownText(caller)
  const why = useId()
  const who = callerText(caller)
  return (
    <>
      <Tooltip
        label={reason}
        disabled={!reason}
        multiline
        maw={320}
        events={{ hover: true, focus: true, touch: true }}
      >
        <Button
          size="compact-sm"
          variant="default"
          w="max-content"
          leftSection={<IconPhoneOutgoing size={14} aria-hidden />}
          aria-label={t('Call back: {{who}}', { who })}
          aria-disabled={reason ? true : undefined}
          aria-describedby={reason ? why : undefined}
          data-disabled={reason ? true : undefined}
          onClick={reason ? undefined : open}
        >
          {t('Call back')}
        </Button>
      </Tooltip>
      {reason && (
        <span id={why} hidden>
          {reason}
        </span>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('Call back')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <Question {...{ group, of, who, close }} />
      </Modal>
    </>
  )
}

interface QuestionProps extends Pick<CallBackProps, 'group' | 'of'> {
  who: string
  close: () => void
}

/** Asks who calls back. */
function Question({ group, of, who, close }: QuestionProps) {
  const { t } = useTranslation()
  const { agent } = useSession()
  const nameOf = useAgentNames()
  const changed = useChanged()
  const [key] = useState(once)
  const form = useForm({ mode: 'uncontrolled', initialValues: { agent: agent ?? '' } })
  const send = ({ agent }: { agent: string }) =>
    fetchClient.POST('/api/v1/groups/{id}/call-backs', {
      params: { path: { id: group }, header: key },
      body: { ...of, agent },
    })
  const leave = () => {
    notifications.show({
      message: t('The phone of {{name}} rings.', { name: nameOf(form.getValues().agent) }),
    })
    void changed('groups', 'group-messages', 'group-calls')
    close()
  }
  return (
    <Form form={form} send={send} done={leave} cancel={close} submit={t('Call back')}>
      <Stack gap="xs">
        <Text size="sm">
          {t(
            'First the phone of the agent rings, then that of {{who}}. Both see the group’s number, and nobody pays.',
            { who },
          )}
        </Text>
        <AgentSelect
          label={t('Who calls back')}
          comboboxProps={{ withinPortal: true }}
          key={form.key('agent')}
          {...form.getInputProps('agent')}
        />
      </Stack>
    </Form>
  )
}
