import { useSession } from '@/session'

/** Whether whoever is signed in may change customers and lines. */
export function useMayChange(): boolean {
  return useSession().is('owner', 'admin', 'clerk')
}
