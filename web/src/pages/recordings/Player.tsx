import { Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import classes from './recordings.module.css'

/** Where the audio of a recording is. */
export function audioOf(id: string): string {
  return `/api/v1/recordings/${id}/audio`
}

/** Plays a recording from its address. Nothing of it is fetched before: who hears it is written down. */
export function Player({ src, name }: { src: string; name: string }) {
  const { t } = useTranslation()
  const [hasFailed, setFailed] = useState(false)
  if (hasFailed)
    return (
      <Text size="sm" role="alert" className={classes.player}>
        {t('It cannot be played here.')}
      </Text>
    )
  return (
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what is said
    <audio
      className={classes.player}
      controls
      controlsList="nodownload noplaybackrate"
      preload="none"
      src={src}
      aria-label={name}
      onError={() => setFailed(true)}
    />
  )
}
