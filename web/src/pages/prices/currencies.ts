/** The currencies that there are: only one of them can be chosen. */
export const CURRENCIES = Intl.supportedValuesOf('currency')
