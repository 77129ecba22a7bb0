import { $api, type Schema } from '@/api/client'
import { listed, PAGES } from '@/ui/pages'

export type Trunk = Schema<'TrunkDocument'>

/** Trunks and routes are few, and looked at together: as many as the API gives at once. */
export const ALL = { params: { query: { limit: 500 } } }

/** The trunks. */
export function useTrunks() {
  return listed($api.useInfiniteQuery('get', '/api/v1/trunks', ALL, PAGES))
}
