import { Alert, Box, Button, Paper, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import classes from './Preview.module.css'

/** Whom the preview is recorded as. */
const previewer = 'preview'

/** The console as it stands in a platform's page, by a link of its own. */
export function Preview({ site }: { site: string }) {
  const { t } = useTranslation('access')
  const open = useMutation({
    mutationFn: async () => {
      const made = await ask(
        api.POST('/belay/v1/sites/{siteId}/portal-links', {
          params: { path: { siteId: site } },
          body: { userId: previewer, role: 'VIEWER' },
        }),
      )
      // A frame of this page is of this page's origin, whatever the link's is called outside.
      const { search, hash } = new URL(made.url)
      return `/portal${search}${hash}`
    },
  })
  return (
    <Paper withBorder p="lg" radius="lg">
      <Title order={2} fz="lg">
        {t('settings.preview')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('settings.previewText')}
      </Text>
      {open.error && (
        <Alert color="red" role="alert" p="sm" mb="md">
          {toApiError(open.error).message}
        </Alert>
      )}
      {open.data ? (
        <Box className={classes.page} aria-hidden={false}>
          <Box className={classes.bar} />
          <iframe
            key={open.data}
            src={open.data}
            title={t('settings.previewTitle')}
            className={classes.frame}
          />
        </Box>
      ) : (
        <Button variant="default" loading={open.isPending} onClick={() => open.mutate()}>
          {t('settings.previewAct')}
        </Button>
      )}
    </Paper>
  )
}
