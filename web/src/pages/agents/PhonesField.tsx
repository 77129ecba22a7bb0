import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import type { FieldsProps } from './AgentFields'

/** An agent's own phones, the one that rings first before the others. */
export function PhonesField({ form }: FieldsProps) {
  const { t } = useTranslation()
  const [phones, setPhones] = useState(form.getValues().phones)
  const change = (next: string[]) => {
    setPhones(next)
    form.setFieldValue('phones', next)
  }
  return (
    <Input.Wrapper
      label={t('Phones')}
      description={t('its own, the first one first: a line here, or any number')}
      labelElement="div"
    >
      <Stack gap="xs" mt={4} align="flex-start">
        {phones.map((phone, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a phone is known by its place
          <Group key={at} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              type="tel"
              aria-label={t('Phone {{number}}', { number: at + 1 })}
              data-path={`phones.${at}`}
              error={form.errors[`phones.${at}`]}
              value={phone}
              onChange={({ currentTarget: { value } }) =>
                change(phones.map((each, place) => (place === at ? value : each)))
              }
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('Remove phone {{number}}', { number: at + 1 })}
              onClick={() => change(phones.filter((_, place) => place !== at))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => change([...phones, ''])}
        >
          {t('Add a phone')}
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}
