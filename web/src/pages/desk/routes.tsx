/** The area's routes. */
export const deskRoutes = [] as const
