import { useAgents } from '@/ui/names'
import classes from './calendar.module.css'

const TONES = [classes.tone0, classes.tone1, classes.tone2, classes.tone3, classes.tone4, classes.tone5]

/** The colour of an agent, the same on every page. */
export function useTones(): (agent: string) => string {
  const agents = useAgents().data ?? []
  return (agent) =>
    TONES[
      Math.max(
        0,
        agents.findIndex(({ id }) => id === agent),
      ) % TONES.length
    ] ?? ''
}
