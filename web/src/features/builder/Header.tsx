import {
  ActionIcon,
  Button,
  Group,
  SegmentedControl,
  Switch,
  Text,
  TextInput,
  Tooltip,
  VisuallyHidden,
} from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowLeft,
  IconEye,
  IconLayoutList,
  IconSitemap,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Automation, whole } from '@/features/flow/document'
import { type Api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { notify } from '@/ui/notify'
import classes from './builder.module.css'
import type { View } from './Editor'
import { same } from './model/changes'
import { withStatus } from './model/edit'
import type { SaveState } from './model/keeper'
import type { Rights } from './model/locks'
import type { Problem } from './model/problems'
import type { Workspace } from './useWorkspace'

type Props = {
  site: string
  api: Api
  workspace: Workspace
  rights: Rights
  save: SaveState
  view: View
  onView: (view: View) => void
  live: Automation | undefined
  onLive: (live: Automation) => void
  problems: Problem[]
  onPreview: () => void
  onPublish: () => void
}

/** The name of the automation, whether it is on, and what can be done to all of it. */
export function Header({
  site,
  workspace,
  rights,
  save,
  view,
  onView,
  live,
  problems,
  onPreview,
  onPublish,
  ...p
}: Props) {
  const { t } = useTranslation('builder')
  const navigate = useNavigate()
  const { automation, apply } = workspace
  const errors = problems.filter((one) => one.severity === 'error').length
  const changed = !live || !same(content(live), content(automation))
  return (
    <header className={classes.header}>
      <Tooltip label={t('back')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('back')}
          onClick={() => void navigate({ to: '/s/$site/automations', params: { site } })}
        >
          <IconArrowLeft size={20} />
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden component="h1">{automation.name || t('namePlaceholder')}</VisuallyHidden>
      <TextInput
        className={classes.name}
        classNames={{ input: `${classes.nameInput} name-of` }}
        variant="unstyled"
        dir="auto"
        aria-label={t('name')}
        placeholder={t('namePlaceholder')}
        maxLength={100}
        readOnly={!rights.edit}
        value={automation.name}
        onChange={(e) => {
          const name = e.currentTarget.value
          apply((now) => ({ ...now, name }), 'name')
        }}
      />
      <Saved state={save} changed={changed} live={live !== undefined} />
      <Group gap="xs" wrap="nowrap" className={classes.tools}>
        {rights.edit && (
          <Group gap={2} wrap="nowrap">
            <Tooltip label={t('undo')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('undo')}
                disabled={!workspace.canUndo}
                onClick={workspace.undo}
              >
                <IconArrowBackUp size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t('redo')}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('redo')}
                disabled={!workspace.canRedo}
                onClick={workspace.redo}
              >
                <IconArrowForwardUp size={18} />
              </ActionIcon>
            </Tooltip>
          </Group>
        )}
        <SegmentedControl
          size="xs"
          value={view}
          onChange={(v) => onView(v as View)}
          aria-label={t('view')}
          data={[
            { value: 'canvas', label: <ViewLabel icon={<IconSitemap size={15} />} text={t('canvas')} /> },
            { value: 'list', label: <ViewLabel icon={<IconLayoutList size={15} />} text={t('list')} /> },
          ]}
        />
        {automation.configuration.trigger.triggerKey && (
          <Tooltip label={t('preview')}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('preview')} onClick={onPreview}>
              <IconEye size={18} />
            </ActionIcon>
          </Tooltip>
        )}
        {live && <OnOff {...p} workspace={workspace} live={live} disabled={!rights.status} />}
        {rights.edit && (
          <Button
            size="sm"
            onClick={onPublish}
            disabled={!changed}
            rightSection={errors > 0 ? <span className={classes.count}>{errors}</span> : undefined}
          >
            {t('publish')}
          </Button>
        )}
      </Group>
    </header>
  )
}

function ViewLabel({ icon, text }: { icon: React.ReactNode; text: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      {icon}
      <span className={classes.viewName}>{text}</span>
    </Group>
  )
}

/** What an automation says, without what is the server's. */
function content(a: Automation) {
  const { name, description, settings, configuration } = a
  const { status: _, ...rest } = configuration
  return { name, description: description ?? '', settings: settings ?? {}, rest }
}

/** What has become of the latest changes, in two words. */
function Saved({ state, changed, live }: { state: SaveState; changed: boolean; live: boolean }) {
  const { t } = useTranslation('builder')
  const kind = state.kind === 'saved' && !changed ? 'published' : state.kind
  return (
    <Text
      size="xs"
      c={kind === 'offline' || kind === 'conflict' || kind === 'refused' ? 'red' : 'dimmed'}
      className={classes.saved}
      role="status"
    >
      {t(kind === 'saved' && !live ? 'save.draft' : `save.${kind}`)}
    </Text>
  )
}

type OnOffProps = Pick<Props, 'api' | 'onLive' | 'workspace'> & { live: Automation; disabled: boolean }

/** Switches the live automation on and off at once, whatever is not published yet. */
function OnOff({ api, live, onLive, workspace, disabled }: OnOffProps) {
  const { t } = useTranslation('builder')
  const [busy, setBusy] = useState(false)
  const on = live.configuration.status === 'ACTIVE'

  async function toggle(to: boolean) {
    const status = to ? 'ACTIVE' : 'INACTIVE'
    setBusy(true)
    try {
      const answer = await ask(
        api.PATCH('/automations-service/v2/automations/{automationId}', {
          params: { path: { automationId: live.id as string } },
          body: {
            automation: { revision: live.revision, configuration: { status } } as never,
            fieldMask: 'configuration.status',
            fields: ['OVERRIDE_SCHEMA', 'AS_STORED'],
          },
        }),
      )
      onLive(whole(answer.automation))
      workspace.apply((now) => withStatus(now, status), 'status')
    } catch (thrown) {
      void notify({ color: 'red', title: t('switchFailed'), message: toApiError(thrown).message })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Switch
      checked={on}
      disabled={disabled || busy}
      onChange={(e) => void toggle(e.currentTarget.checked)}
      label={on ? t('on') : t('off')}
      aria-label={t('switch')}
    />
  )
}
