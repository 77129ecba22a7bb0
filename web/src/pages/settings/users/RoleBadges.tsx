import { Badge, Group } from '@mantine/core'
import { useRoles } from './roles'

/** What somebody may do, as the names of the roles. */
export function RoleBadges({ roles }: { roles: string[] }) {
  const known = useRoles()
  return (
    <Group gap={4} display="inline-flex">
      {roles.map((role) => (
        <Badge key={role} variant="light" color={role === 'owner' ? 'gate' : 'gray'} radius="sm">
          {known.find((one) => one.role === role)?.name ?? role}
        </Badge>
      ))}
    </Group>
  )
}
