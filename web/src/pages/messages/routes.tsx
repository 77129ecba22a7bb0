/** The area's routes. */
export const messagesRoutes = [] as const
