import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles.layer.css'
import '@/ui/theme/global.css'
import { DirectionProvider, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { direction } from '@/i18n'
import { nonce } from '@/lib/nonce'
import { Notices } from '@/ui/Notices'
import { theme } from '@/ui/theme/theme'
import { queryClient } from './query'
import { router } from './router'

/** The whole console. */
export function App() {
  const { i18n } = useTranslation()
  const dir = direction(i18n.language)
  return (
    <DirectionProvider key={dir} initialDirection={dir} detectDirection={false}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonce}>
        <Notices />
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  )
}
