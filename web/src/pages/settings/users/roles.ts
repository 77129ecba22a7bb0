// The roles that people can have, and who may give them.
import { useTranslation } from '@/i18n'
import { type Role, type Session, useSession } from '@/session'

export interface RoleWords {
  role: Role
  name: string
  /** What somebody with it does. */
  help: string
}

export function useRoles(): RoleWords[] {
  const { t } = useTranslation()
  return [
    { role: 'owner', name: t('Owner'), help: t('may do everything, and make other owners') },
    { role: 'admin', name: t('Admin'), help: t('may do everything but make owners') },
    { role: 'clerk', name: t('Clerk'), help: t('looks after customers and bills them') },
    { role: 'coordinator', name: t('Coordinator'), help: t('looks after groups and rosters') },
    { role: 'auditor', name: t('Auditor'), help: t('sees everything and changes nothing') },
    { role: 'agent', name: t('Agent'), help: t('answers calls, and sees their own earnings') },
    { role: 'customer', name: t('Customer'), help: t('sees what is their own') },
  ]
}

export function mayGive(session: Session, role: Role): boolean {
  if (session.is('owner')) return true
  if (session.is('admin')) return role !== 'owner'
  return session.is('clerk') && role === 'customer'
}

/** Whether somebody with these roles may be changed: nobody touches what is above their own. */
export function useMayChange(): (roles: string[]) => boolean {
  const session = useSession()
  return (roles) => roles.every((role) => mayGive(session, role as Role))
}
