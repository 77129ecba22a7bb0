import type { OptionsFilter } from '@mantine/core'

/**
 * What a list shows that the server looks through: all that it has found; and until it has, what of the list before fits what is written.
 * So what somebody is about to press does not move away under the pointer when the answer comes.
 */
export function whileLooking(isLooking: boolean): OptionsFilter {
  return ({ options, search }) => {
    const written = search.trim().toLowerCase()
    const fits = (option: object) => 'label' in option && String(option.label).toLowerCase().includes(written)
    return isLooking ? options.filter(fits) : options
  }
}
