/** The area's routes. */
export const portalRoutes = [] as const
