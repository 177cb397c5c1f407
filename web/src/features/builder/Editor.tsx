import { Drawer } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { whole } from '@/features/flow/document'
import { triggerId } from '@/features/flow/links'
import { useDescribe } from '@/features/flow/useDescribe'
import type { Api } from '@/lib/api/client'
import type { Place } from '@/lib/time'
import classes from './builder.module.css'
import { Carried } from './Carried'
import { Header } from './Header'
import { ListView } from './ListView'
import { type Catalog, isScheduled } from './model/catalog'
import { rightsOn } from './model/locks'
import { gravest, problemsAt } from './model/problems'
import { Palette } from './Palette'
import { Panel } from './Panel'
import { PreviewDrawer } from './PreviewDrawer'
import { PublishDialog } from './PublishDialog'
import { RemoveDialog } from './RemoveDialog'
import { SaveNotice } from './SaveNotice'
import { Sentence } from './Sentence'
import { StepPicker } from './StepPicker'
import { useAutosave } from './useAutosave'
import type { BuilderAnswer } from './useBuilder'
import { useEdits } from './useEdits'
import { useKeys } from './useKeys'
import { useNames } from './useNames'
import { useProblems } from './useProblems'
import { useWorkspace } from './useWorkspace'

const FlowCanvas = lazy(() => import('@/features/flow/FlowCanvas').then((m) => ({ default: m.FlowCanvas })))

export type View = 'canvas' | 'list'

type Props = {
  site: string
  api: Api
  place: Place
  answer: BuilderAnswer
  reload: () => Promise<BuilderAnswer | undefined>
}

/** An automation as it is edited: the graph or the list of its steps, and the form of one of them. */
export function Editor({ site, api, place, answer, reload }: Props) {
  const { t } = useTranslation('builder')
  const catalog = answer.apps as unknown as Catalog
  const [live, setLive] = useState(() => (answer.automation ? whole(answer.automation) : undefined))
  const first = useMemo(() => whole(answer.draft ?? answer.automation), [answer])
  const workspace = useWorkspace(first)
  const { automation } = workspace
  const { state: saveState, keeper } = useAutosave(api, automation, {
    draftId: answer.draft?.id,
    revision: answer.draft?.revision,
    originalId: live?.id,
  })
  const id = live?.id ?? keeper.at.draftId
  const problems = useProblems(api, site, automation, id)
  const rights = useMemo(() => rightsOn(automation, answer.editable), [automation, answer.editable])
  const names = useNames(automation, catalog)
  const describe = useDescribe(automation, names)
  const small = useMediaQuery('(max-width: 61.99em)', undefined, { getInitialValueInEffect: false }) ?? false
  const [chosen, setView] = useLocalStorage<View | undefined>({
    key: 'belay.builder.view',
    getInitialValueInEffect: false,
  })
  const view = chosen ?? (small ? 'list' : 'canvas')
  const [previewing, setPreviewing] = useState(false)
  const [publishing, setPublishing] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const edits = useEdits({
    workspace,
    catalog,
    describe,
    rights,
    panel,
    covers: small,
    // On a small screen the form covers the steps, so it opens where something has to be chosen there.
    begin: small && !isScheduled(catalog, automation) ? undefined : triggerId,
  })
  const keys = useKeys({ workspace, edits, rights, view, panel })
  const marks = useMemo(() => {
    const list: Record<string, 'error' | 'warning'> = {}
    for (const one of [undefined, ...Object.keys(automation.configuration.actions)]) {
      const mark = gravest(problemsAt(problems, one))
      if (mark) list[one ?? triggerId] = mark
    }
    return list
  }, [automation, problems])

  async function takeTheirs() {
    const theirs = await reload()
    if (!theirs) return
    const next = whole(theirs.draft ?? theirs.automation)
    keeper.settle(next, {
      draftId: theirs.draft?.id,
      revision: theirs.draft?.revision,
      originalId: theirs.automation?.id,
    })
    workspace.reset(next)
  }

  const shownPanel = edits.selected !== undefined && (
    <Panel
      key={edits.selected}
      ref={panel}
      site={answer.site}
      catalog={catalog}
      workspace={workspace}
      edits={edits}
      rights={rights}
      problems={problems}
      describe={describe}
      covers={small}
    />
  )

  return (
    <div className={classes.page} data-fills {...keys}>
      <Header
        site={site}
        api={api}
        workspace={workspace}
        rights={rights}
        save={saveState}
        view={view}
        onView={setView}
        live={live}
        onLive={setLive}
        problems={problems}
        onPreview={() => setPreviewing(true)}
        onPublish={() => setPublishing(true)}
      />
      <Sentence api={api} site={site} place={place} automation={automation} />
      <SaveNotice
        state={saveState}
        outdated={answer.draftOutdated}
        onMine={() => void keeper.overwrite({ ...keeper.at, revision: undefined })}
        onTheirs={() => void takeTheirs()}
      />
      <div className={classes.work}>
        <div className={classes.stage} data-view={view}>
          {view === 'canvas' ? (
            <Suspense fallback={null}>
              <FlowCanvas
                automation={automation}
                describe={describe}
                marks={marks}
                selected={edits.selected}
                onSelect={edits.select}
                readOnly={!rights.edit}
                onAdd={edits.ask}
                onDrag={edits.drag}
                onDragEnd={edits.dragEnd}
                onDrop={edits.drop}
                dragging={edits.dragging}
                lift={edits.carry}
                over={edits.carried?.over}
              >
                {rights.edit && !small && <Palette catalog={catalog} rights={rights} edits={edits} />}
              </FlowCanvas>
            </Suspense>
          ) : (
            <ListView
              automation={automation}
              describe={describe}
              marks={marks}
              edits={edits}
              rights={rights}
            />
          )}
        </div>
        {!small && shownPanel && (
          <aside className={classes.panel} aria-label={t('panel')}>
            {shownPanel}
          </aside>
        )}
      </div>
      {small && rights.edit && <Palette catalog={catalog} rights={rights} edits={edits} row />}
      {edits.carried && <Carried {...edits.carried} ready={edits.carried.over !== undefined} />}
      {small && (
        <Drawer
          opened={edits.selected !== undefined}
          onClose={() => edits.select(undefined)}
          position="bottom"
          size="92%"
          radius="lg"
          withCloseButton={false}
          title={t('panel')}
          classNames={{ header: classes.drawerHead }}
          padding={0}
        >
          {shownPanel}
        </Drawer>
      )}
      <StepPicker
        opened={edits.gap !== undefined}
        catalog={catalog}
        rights={rights}
        onPick={edits.add}
        onClose={() => edits.ask(undefined)}
      />
      <RemoveDialog automation={automation} edits={edits} describe={describe} />
      {previewing && (
        <PreviewDrawer site={site} automation={automation} onClose={() => setPreviewing(false)} />
      )}
      {publishing && (
        <PublishDialog
          site={site}
          api={api}
          live={live}
          workspace={workspace}
          keeper={keeper}
          catalog={catalog}
          describe={describe}
          onClose={() => setPublishing(false)}
          onShow={(stepId) => {
            setPublishing(false)
            edits.select(stepId ?? triggerId)
          }}
          onPublished={(next) => {
            setPublishing(false)
            setLive(next)
          }}
        />
      )}
    </div>
  )
}
