import { Button, type ButtonProps, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { once } from '@/api/client'
import { Confirm } from './Confirm'

interface ConfirmButtonProps extends Omit<ButtonProps, 'children'> {
  /** What the button says, here and where it is confirmed. */
  label: string
  /** What it leads to. */
  warning: string
  /** Does it, under this key: however often the button is pressed, it is done once. */
  run: (key: ReturnType<typeof once>) => Promise<unknown>
}

/** A button for what is not taken back easily: it asks first. */
export function ConfirmButton({ label, warning, run, ...props }: ConfirmButtonProps) {
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" {...props} onClick={open}>
        {label}
      </Button>
      <Confirm isOpen={isOpen} close={close} title={label} action={label} run={run}>
        <Text size="sm">{warning}</Text>
      </Confirm>
    </>
  )
}
