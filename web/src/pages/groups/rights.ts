import { useSession } from '@/session'

/** Whether whoever is signed in may change groups and rosters. */
export function useMayChange(): boolean {
  return useSession().is('owner', 'admin', 'coordinator')
}
