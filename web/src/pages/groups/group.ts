import type { Schema } from '@/api/client'
import { useSession } from '@/session'
import { useAgents } from '@/ui/names'

export type Group = Schema<'GroupDocument'>
export type Shift = Schema<'ShiftDocument'>
export type Override = Schema<'OverrideDocument'>
export type Duty = Schema<'DutyDocument'>
export type Gap = Schema<'GapDocument'>
export type Duties = Schema<'DutiesDocument'>
export type Spell = Schema<'SpellDocument'>

/** The zone of a group's roster: its own, else the tenant's. */
export function useZone(group: Pick<Group, 'time_zone'>): string {
  const { time_zone } = useSession().tenant
  return group.time_zone ?? time_zone
}

/** What an agent is called, by its id. */
export function useAgentNames(): (id: string | null | undefined) => string {
  const agents = useAgents().data
  return (id) => agents?.find((agent) => agent.id === id)?.name ?? '…'
}
