import {
  Alert,
  Button,
  ColorInput,
  Group,
  Paper,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { notify } from '@/ui/notify'
import { goodColor, goodLogo, originsOf, wrongOrigin } from './look'
import { portalKey } from './PortalSettingsPage'

type Props = { site: string; answer: Schema<'PortalResponse'> }

/** The platform's name, logo and colours, and which pages may hold the console. */
export function LookForm({ site, answer }: Props) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const { portal, effective } = answer
  const [name, setName] = useState(portal.name ?? '')
  const [logo, setLogo] = useState(portal.logoUrl ?? '')
  const [primary, setPrimary] = useState(portal.colors?.primary ?? '')
  const [background, setBackground] = useState(portal.colors?.background ?? '')
  const [ancestors, setAncestors] = useState(portal.ancestors.join('\n'))
  const wrong = wrongOrigin(ancestors)
  const good = goodColor(primary) && goodColor(background) && goodLogo(logo) && !wrong
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/belay/v1/sites/{siteId}/portal', {
          params: { path: { siteId: site } },
          body: {
            name: name || undefined,
            logoUrl: logo || undefined,
            colors: { primary: primary || undefined, background: background || undefined },
            ancestors: originsOf(ancestors),
          },
        }),
      ),
    onSuccess: (saved) => {
      queries.setQueryData(portalKey(site), saved)
      void notify({ message: t('settings.saved') })
    },
  })
  const refused = save.error ? toApiError(save.error) : null
  const inherited = (own: string, value: string | undefined) =>
    own === '' && value ? t('settings.inherited', { value }) : undefined
  const everywhere = effective?.ancestors.filter((one) => !portal.ancestors.includes(one)) ?? []
  function submit(event: FormEvent) {
    event.preventDefault()
    if (good) save.mutate()
  }
  return (
    <Paper withBorder p="lg" radius="lg">
      <Title order={2} fz="lg" mb="md">
        {t('settings.look')}
      </Title>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('settings.platform')}
            description={inherited(name, effective?.name) ?? t('settings.platformText')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={60}
          />
          <TextInput
            label={t('settings.logo')}
            description={t('settings.logoText')}
            value={logo}
            onChange={(event) => setLogo(event.currentTarget.value.trim())}
            error={goodLogo(logo) ? undefined : t('settings.logoWrong')}
            dir="ltr"
          />
          <ColorInput
            label={t('settings.primary')}
            description={inherited(primary, effective?.colors?.primary)}
            value={primary}
            withPreview={primary !== ''}
            onChange={setPrimary}
            error={goodColor(primary) ? undefined : t('settings.colorWrong')}
            placeholder={effective?.colors?.primary ?? '#14615a'}
            withEyeDropper={false}
          />
          <ColorInput
            label={t('settings.background')}
            description={inherited(background, effective?.colors?.background) ?? t('settings.backgroundText')}
            value={background}
            withPreview={background !== ''}
            onChange={setBackground}
            error={goodColor(background) ? undefined : t('settings.colorWrong')}
            placeholder={effective?.colors?.background ?? '#f8f9f8'}
            withEyeDropper={false}
          />
          <Textarea
            label={t('settings.ancestors')}
            description={t('settings.ancestorsText')}
            value={ancestors}
            onChange={(event) => setAncestors(event.currentTarget.value)}
            error={wrong && t('settings.ancestorWrong', { origin: wrong })}
            autosize
            minRows={3}
            dir="ltr"
          />
          {everywhere.length > 0 && (
            <Text size="sm" c="dimmed">
              {t('settings.ancestorsServer', { list: everywhere.join(', ') })}
            </Text>
          )}
          {refused && (
            <Alert color="red" role="alert" p="sm">
              {refused.message}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!good}>
              {t('settings.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
