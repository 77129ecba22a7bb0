import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'
import { t } from '@/i18n'

/** The blue of the toll gate, from light to dark. */
const gate: MantineColorsTuple = [
  '#eef5fb',
  '#dbe8f3',
  '#b3d0e7',
  '#88b6db',
  '#64a0d1',
  '#4d92cb',
  '#2f7ab5',
  '#1f6699',
  '#1d4f73',
  '#123a57',
]

/** The greys of the dark scheme, of the same blue as its ground: words, borders, what is under the pointer, cards, the ground. */
const dark: MantineColorsTuple = [
  '#d3d9df',
  '#b9c2ca',
  '#8d99a5',
  '#6a7784',
  '#3a4652',
  '#2e3944',
  '#1d252e',
  '#171e26',
  '#12181f',
  '#0d1218',
]

/** What a button says that closes something, in the language of the moment. */
const closing = {
  get 'aria-label'() {
    return t('Close')
  },
}

export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 8, dark: 7 },
  colors: { gate, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: {
    // States are read, not shouted.
    Badge: { defaultProps: { tt: 'none', fw: 600, radius: 'sm', miw: 'max-content' } },
    Anchor: { defaultProps: { inherit: true } },
    // The heading of a dialog is not the page's banner.
    Modal: { styles: { title: { fontWeight: 650 } } },
    Drawer: { styles: { title: { fontWeight: 650 } } },
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Notification: { defaultProps: { closeButtonProps: closing } },
  },
})

/** The library's dimmed text and light badges are too pale for WCAG AA: these have a contrast of 4.5 at least. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#57636f',
    '--mantine-color-placeholder': '#57636f',
    '--mantine-color-green-light-color': '#1b6b2c',
    '--mantine-color-red-light-color': '#a61e1e',
    '--mantine-color-red-text': '#c92a2a',
    '--mantine-color-red-outline': '#c92a2a',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-yellow-light-color': '#7a4f00',
    '--mantine-color-gray-light-color': '#495057',
    '--mantine-color-body': '#fbfcfd',
  },
  dark: {
    // The library's are all but black, and its red a wall.
    '--mantine-color-gate-light': '#20364a',
    '--mantine-color-gate-light-hover': '#27425a',
    '--mantine-color-gate-light-color': '#b3d0e7',
    '--mantine-color-gray-light': '#2c353f',
    '--mantine-color-gray-light-hover': '#36414c',
    '--mantine-color-gray-light-color': '#ced4da',
    '--mantine-color-red-light': '#43191c',
    '--mantine-color-red-light-hover': '#541f23',
    '--mantine-color-red-light-color': '#ffb3b3',
    '--mantine-color-dimmed': '#a6b1bc',
    '--mantine-color-placeholder': '#a6b1bc',
    '--mantine-color-body': '#12181f',
    '--mantine-color-anchor': '#88b6db',
    '--mantine-color-error': '#ff8787',
  },
})
