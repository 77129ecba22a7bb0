/** The area's routes. */
export const callsRoutes = [] as const
