// All areas' German words. Each area has a file of its own beside this one.
const areas = import.meta.glob<Record<string, string>>('./*.json', { eager: true, import: 'default' })

export const german: Record<string, string> = Object.assign({}, ...Object.values(areas))
