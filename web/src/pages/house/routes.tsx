/** The area's routes. */
export const houseRoutes = [] as const
