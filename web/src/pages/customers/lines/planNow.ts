import type { Schema } from '@/api/client'

/** The id of the plan that a line has now; its first one, where that is yet to begin. */
export function planNow({ plans }: Schema<'LineDocument'>): string | undefined {
  const begun = plans.filter(({ from }) => Date.parse(from) <= Date.now())
  return (begun.at(-1) ?? plans[0])?.plan
}
