import { createTheme, type MantineColorsTuple } from '@mantine/core'

// The tokens of the console. Contrast of text on each of these was chosen for WCAG 2.2 AA
// in both schemes; e2e/axe.test.ts holds every page to it.

const belay: MantineColorsTuple = [
  '#e9f6f3',
  '#d3ebe6',
  '#a6d7cd',
  '#76c1b3',
  '#4fae9d',
  '#2f978a',
  '#1d7a70',
  '#14615a',
  '#0f4c47',
  '#0a3733',
]

const gray: MantineColorsTuple = [
  '#f8f9f8',
  '#f1f3f2',
  '#e5e9e7',
  '#d5dbd8',
  '#bcc5c1',
  '#98a39f',
  '#5d6965',
  '#4c5753',
  '#38413e',
  '#232a28',
]

const dark: MantineColorsTuple = [
  '#d6dedb',
  '#b4bfbb',
  '#96a29d',
  '#5d6964',
  '#3a4440',
  '#2c3532',
  '#222a27',
  '#191f1d',
  '#131816',
  '#0d1110',
]

export const theme = createTheme({
  primaryColor: 'belay',
  primaryShade: { light: 7, dark: 6 },
  colors: { belay, gray, dark },
  black: '#1a211f',
  autoContrast: true,
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  fontFamily: "'Inter Variable', 'Inter', 'Inter Metrics', ui-sans-serif, system-ui, 'Segoe UI', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'JetBrains Mono', 'Cascadia Code', Menlo, 'DejaVu Sans Mono', monospace",
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.25rem', lineHeight: '1.3' },
      h3: { fontSize: '1.0625rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Badge: { defaultProps: { tt: 'none', fw: 600 } },
    Drawer: { styles: { title: { fontSize: 'var(--mantine-h3-font-size)', fontWeight: 640 } } },
    Modal: { styles: { title: { fontSize: 'var(--mantine-h3-font-size)', fontWeight: 640 } } },
  },
})
