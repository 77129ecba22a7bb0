/** The area's routes. */
export const pricesRoutes = [] as const
