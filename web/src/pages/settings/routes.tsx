/** The area's routes. */
export const settingsRoutes = [] as const
