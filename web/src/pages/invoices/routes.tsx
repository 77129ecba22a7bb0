/** The area's routes. */
export const invoicesRoutes = [] as const
