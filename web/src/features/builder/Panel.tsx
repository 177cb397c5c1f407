import { ActionIcon, Button, Group, Menu, Text, Title, Tooltip } from '@mantine/core'
import { IconCopy, IconDots, IconTrash, IconX } from '@tabler/icons-react'
import { type Ref, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepText } from '@/features/flow/describe'
import type { Action } from '@/features/flow/document'
import { triggerId } from '@/features/flow/links'
import { StepIcon } from '@/features/flow/StepIcon'
import type { Schema } from '@/lib/api/client'
import { examplePayload } from '@/lib/schema/example'
import classes from './builder.module.css'
import { StepForm, TriggerForm, TriggerPicker } from './forms'
import type { Catalog } from './model/catalog'
import type { EditorContext } from './model/context'
import { editAction, editTrigger, setTrigger } from './model/edit'
import type { Rights } from './model/locks'
import { type Problem, problemsAt } from './model/problems'
import { seenBy } from './model/scope'
import { addPath, movePath, removePath } from './model/split'
import type { Edits } from './useEdits'
import type { Workspace } from './useWorkspace'

type Props = {
  site: Schema<'BuilderSite'>
  catalog: Catalog
  workspace: Workspace
  edits: Edits
  rights: Rights
  problems: Problem[]
  describe: (id: string) => StepText
  /** Whether the form covers the steps, so that it leads on by itself. */
  covers: boolean
  ref: Ref<HTMLDivElement>
}

/** The form of the trigger or the step that is chosen. */
export function Panel({ site, catalog, workspace, edits, rights, problems, describe, covers, ref }: Props) {
  const { t } = useTranslation('builder')
  const { t: flow } = useTranslation('flow')
  const id = edits.selected as string
  const stepId = id === triggerId ? undefined : id
  const { automation, apply } = workspace
  const { trigger, actions } = automation.configuration
  const [picking, setPicking] = useState(false)
  const empty = Object.keys(actions).length === 0
  const text = describe(id)
  const readOnly = stepId === undefined ? !rights.trigger : !rights.change(stepId)
  const context = useMemo<EditorContext>(() => {
    const schema = seenBy(automation, catalog, stepId, (one) => describe(one).title)
    return {
      siteId: site.id,
      site,
      automation,
      stepId,
      catalog,
      schema,
      examples: examplePayload(schema, new Date()),
      problems: problemsAt(problems, stepId),
      readOnly,
      onAutomation: apply,
      actions:
        stepId === undefined
          ? undefined
          : {
              addPath: () => {
                const path = crypto.randomUUID()
                apply((now) => addPath(now, stepId, path))
              },
              removePath: (path) => apply((now) => removePath(now, stepId, path)),
              movePath: (path, to) => apply((now) => movePath(now, stepId, path, to)),
            },
    }
  }, [automation, catalog, stepId, site, problems, readOnly, describe, apply])

  return (
    <div className={classes.form} ref={ref} tabIndex={-1}>
      <Group justify="space-between" wrap="nowrap" className={classes.formHead}>
        <Group gap="sm" wrap="nowrap" miw={0}>
          <StepIcon look={text.look} size={34} />
          <div className={classes.formTitle}>
            <Text size="xs" c="dimmed" fw={600}>
              {t(stepId === undefined ? 'whenThis' : 'thenThis')}
            </Text>
            <Title order={2} size="h3" lineClamp={2}>
              {text.title}
            </Title>
          </div>
        </Group>
        <Group gap={4} wrap="nowrap">
          {stepId !== undefined && rights.edit && (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label={t('more')}>
                  <IconDots size={18} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {rights.addActions && (
                  <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => edits.duplicate(stepId)}>
                    {t('duplicate')}
                  </Menu.Item>
                )}
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} />}
                  disabled={!rights.remove(stepId)}
                  onClick={() => edits.remove(stepId)}
                >
                  {t('remove')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
          <Tooltip label={t('close')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('close')}
              onClick={() => edits.select(undefined)}
            >
              <IconX size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <div className={classes.formBody} data-form>
        {stepId === undefined && (picking || !trigger.triggerKey) && rights.trigger ? (
          <TriggerPicker
            catalog={catalog}
            value={trigger}
            onPick={(picked) => {
              setPicking(false)
              if (picked.triggerKey !== trigger.triggerKey || picked.appId !== trigger.appId)
                apply((now) => setTrigger(now, picked))
            }}
          />
        ) : stepId === undefined ? (
          <>
            <TriggerForm
              value={trigger}
              context={context}
              onChange={(edit, key) => apply((now) => editTrigger(now, edit), key)}
            />
            {rights.trigger && (
              <Button variant="subtle" size="compact-sm" mt="md" onClick={() => setPicking(true)}>
                {t('otherTrigger')}
              </Button>
            )}
          </>
        ) : (
          <StepForm
            value={actions[stepId] as Action}
            context={context}
            onChange={(edit, key) => apply((now) => editAction(now, stepId, edit), key && `${stepId} ${key}`)}
          />
        )}
        {covers && (
          <Button
            fullWidth
            size="md"
            mt="xl"
            onClick={() => {
              edits.select(undefined)
              if (empty) edits.ask({ after: triggerId, port: 'next' })
            }}
          >
            {empty ? flow('addFirst') : t('done')}
          </Button>
        )}
      </div>
    </div>
  )
}
