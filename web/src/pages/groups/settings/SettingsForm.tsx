import { Flex, Stack, TagsInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, ifVersion } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { BasicFields } from '../BasicFields'
import type { Group } from '../group'
import { Chain } from './Chain'
import { Greetings } from './Greetings'
import { Part } from './Part'
import { Privacy } from './Privacy'
import { Ringing } from './Ringing'
import type { PartProps } from './SayingField'
import { Story } from './Story'
import { Swapping } from './Swapping'
import { Telling } from './Telling'
import { VoicemailPart } from './VoicemailPart'
import { bodyOf, type FallbackValues, type SettingsValues, valuesOf } from './values'

interface SettingsFormProps {
  /** As it was when the form opened. */
  group: Group
  /** It is saved, and is this now. */
  done: (group: Group) => void
  reload: () => void
}

/** Changes all that can be set of a group, and tells beside it what callers come to. */
export function SettingsForm({ group, done, reload }: SettingsFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const saved = useRef(group)
  const which = {
    group: (id: string | null, { answering }: SettingsValues, path: string) => {
      const [, list, place] = path.split('.')
      const chain: FallbackValues[] = answering[list as 'no_answer']
      return chain[Number(place)]?.kind === 'group' && !id ? t('Which group?') : undefined
    },
  }
  const form = useForm<SettingsValues>({
    mode: 'controlled',
    initialValues: valuesOf(group),
    validate: {
      answering: {
        nobody_on_duty: which,
        no_answer: which,
        languages: { language: (tag: string | null) => (tag ? undefined : t('Which language?')) },
      },
    },
  })
  const send = async (values: SettingsValues, version = group.version) => {
    const params = { path: { id: group.id }, header: ifVersion(version) as { 'If-Match': string } }
    const { data } = await fetchClient.PUT('/api/v1/groups/{id}', { params, body: bodyOf(values) })
    if (data) saved.current = data
  }
  const leave = () => {
    void changed('groups')
    done(saved.current)
  }
  return (
    <Flex
      direction={{ base: 'column', lg: 'row-reverse' }}
      gap="md"
      align={{ base: 'stretch', lg: 'flex-start' }}
    >
      <Stack flex={1} miw={0} pos={{ lg: 'sticky' }} top={{ lg: 72 }}>
        <Story group={group} answering={form.getValues().answering} />
      </Stack>
      <Stack w="100%" maw={640}>
        <Form form={form} send={send} done={leave} reload={reload} submit={t('Save')}>
          <Basics form={form} />
          <Greetings form={form} />
          <Ringing form={form} />
          <Part title={t('What follows')} about={t('One after another, until one helps.')}>
            <Chain form={form} name="nobody_on_duty" title={t('Where nobody is on duty')} group={group.id} />
            <Chain form={form} name="no_answer" title={t('Where nobody answers')} group={group.id} />
          </Part>
          <VoicemailPart form={form} />
          <Privacy form={form} />
          <Swapping form={form} />
          <Telling form={form} />
        </Form>
      </Stack>
    </Flex>
  )
}

function Basics({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part title={t('The group and its numbers')}>
      <BasicFields field={(name) => form.getInputProps(name)} />
      <TagsInput
        label={t('Numbers')}
        description={t(
          'What callers dial: extensions that no line has, or numbers with their country. Those who are rung see the first.',
        )}
        placeholder="+441632960000"
        {...form.getInputProps('numbers')}
      />
    </Part>
  )
}
