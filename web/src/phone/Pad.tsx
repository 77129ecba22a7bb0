import { Button } from '@mantine/core'
import { useTranslation } from '@/i18n'
import classes from './dock.module.css'
import { phone } from './phone'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** The twelve keys: they dial, and are tones during a call. */
export function Pad() {
  const { t } = useTranslation()
  const names: Record<string, string> = { '*': t('star'), '#': t('hash') }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as part of a form
    <div className={classes.pad} role="group" aria-label={t('Keys')}>
      {KEYS.map((key) => (
        <Button
          key={key}
          variant="default"
          size="md"
          aria-label={names[key]}
          onClick={() => phone.telephone.key(key)}
        >
          {key}
        </Button>
      ))}
    </div>
  )
}
