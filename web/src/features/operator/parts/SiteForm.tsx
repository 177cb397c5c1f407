import { Autocomplete, Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask } from '@/lib/api/client'
import { Problem } from '@/ui/Problem'
import type { Site } from '../queries'

type Props = { site?: Site; opened: boolean; onClose: () => void }

const zones = Intl.supportedValuesOf('timeZone')

/** Makes a site, or changes one. */
export function SiteForm({ site, opened, onClose }: Props) {
  const { t } = useTranslation('operator')
  const here = useHere()
  const client = useQueryClient()
  const [name, setName] = useState(site?.name ?? '')
  const [timeZone, setTimeZone] = useState(site?.timeZone ?? here.timeZone)
  const [locale, setLocale] = useState(site?.locale ?? here.locale)
  const [days, setDays] = useState<number | string>(site?.retentionDays ?? '')
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        timeZone,
        locale,
        retentionDays: typeof days === 'number' && days > 0 ? days : undefined,
      }
      if (!site) return ask(api.POST('/belay/v1/sites', { body }))
      return ask(api.PUT('/belay/v1/sites/{siteId}', { params: { path: { siteId: site.id } }, body }))
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['sites'] })
      void client.invalidateQueries({ queryKey: ['session'] })
      if (!site) setName('')
      onClose()
    },
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={site ? t('editNamed', { name: site.name }) : t('newSite')}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('siteName')}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
          />
          <Autocomplete
            label={t('timeZone')}
            description={t('timeZoneText')}
            data={zones}
            limit={30}
            value={timeZone}
            onChange={setTimeZone}
            required
          />
          <TextInput
            label={t('locale')}
            description={t('localeText')}
            value={locale}
            onChange={(e) => setLocale(e.currentTarget.value)}
            required
          />
          <NumberInput
            label={t('retention')}
            description={t('retentionText')}
            suffix={` ${t('daysUnit')}`}
            min={1}
            max={3650}
            allowDecimal={false}
            value={days}
            onChange={setDays}
          />
          {save.isError && <Problem error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {site ? t('save') : t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
