/** The area's routes. */
export const agentsRoutes = [] as const
