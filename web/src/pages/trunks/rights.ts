import { useSession } from '@/session'

/** Whether whoever is signed in may change trunks, routes and numbers from outside. */
export function useMayChange(): boolean {
  return useSession().is('owner', 'admin')
}

/** Whether whoever is signed in may see trunks and routes; numbers from outside all of the staff may see. */
export function useMayReadTrunks(): boolean {
  return useSession().is('owner', 'admin', 'auditor')
}
