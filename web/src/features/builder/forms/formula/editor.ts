import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { Compartment, EditorState, type Extension, Facet, type Range } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  placeholder,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import type { Schema } from '@/lib/api/client'
import { segmentsOf } from '@/lib/formula/segments'
import { nonce } from '@/lib/nonce'
import { type Field, fieldAt } from '@/lib/schema/fields'

// The editor of a text with expressions in it. What people see of an expression is a chip
// with the title of the field; the text itself is what the document holds.

export type FormulaFunction = Schema<'FormulaFunction'>

/** What the editor is told, anew whenever it changes. */
export type Told = {
  fields: Field[]
  functions: FormulaFunction[]
  /** Chips in the place of expressions, or the text as it is. */
  chips: boolean
  /** What is underlined. */
  marks: Mark[]
  /** What a chip of a formula is called. */
  formulaWord: string
  /** Takes a formula's chip apart. */
  onOpen: () => void
}

export type Mark = { from: number; to: number; severity: 'error' | 'warning' }

const told = Facet.define<Told, Told>({
  combine: (all) =>
    all[0] ?? { fields: [], functions: [], chips: true, marks: [], formulaWord: 'ƒ', onOpen: () => {} },
})

/** The parts of the editor that change while it stands. */
export function makeParts() {
  return {
    told: new Compartment(),
    attributes: new Compartment(),
    readOnly: new Compartment(),
    hint: new Compartment(),
  }
}
export type Parts = ReturnType<typeof makeParts>

export function extensions(
  parts: Parts,
  at: {
    told: Told
    attributes: Record<string, string>
    readOnly: boolean
    hint: string
    lines: boolean
    onChange: (text: string) => void
  },
): Extension[] {
  return [
    EditorView.cspNonce.of(nonce()),
    history(),
    keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    at.lines ? [] : oneLine,
    parts.told.of(told.of(at.told)),
    parts.attributes.of(EditorView.contentAttributes.of(at.attributes)),
    parts.readOnly.of(readOnly(at.readOnly)),
    parts.hint.of(placeholder(at.hint)),
    autocompletion({ override: [completions], icons: false, aboveCursor: false }),
    decorations,
    EditorView.updateListener.of((u) => {
      if (u.docChanged) at.onChange(u.state.doc.toString())
    }),
    look,
  ]
}

export const readOnly = (yes: boolean): Extension => [
  EditorState.readOnly.of(yes),
  EditorView.editable.of(!yes),
]
export const tell = (t: Told): Extension => told.of(t)
export const attributes = (a: Record<string, string>): Extension => EditorView.contentAttributes.of(a)
export const hint = (text: string): Extension => placeholder(text)

/** Puts text in the place of what is selected, and the cursor behind it. */
export function insertText(
  view: EditorView,
  put: string | ((before: string, after: string) => string),
): void {
  const { doc, selection } = view.state
  const { from, to } = selection.main
  const text = typeof put === 'string' ? put : put(doc.sliceString(0, from), doc.sliceString(to))
  view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true, userEvent: 'input' })
  view.focus()
}

/** Makes the text be another, which came from outside. */
export function setText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}

// A field of one line takes no line breaks; pasted ones become spaces.
const oneLine = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.newDoc.lines === 1) return tr
  const text = tr.newDoc.toString().replace(/\s*\n\s*/g, ' ')
  return [
    {
      changes: { from: 0, to: tr.startState.doc.length, insert: text },
      selection: { anchor: Math.min(tr.newSelection.main.head, text.length) },
    },
  ]
})

class Chip extends WidgetType {
  constructor(
    readonly title: string,
    readonly hint: string,
    readonly tone: 'known' | 'unknown' | 'formula' | 'wrong',
    readonly open: (() => void) | undefined,
  ) {
    super()
  }

  override eq(other: Chip): boolean {
    return other.title === this.title && other.hint === this.hint && other.tone === this.tone
  }

  override toDOM(): HTMLElement {
    const chip = document.createElement('span')
    chip.className = `belay-chip belay-chip-${this.tone}`
    chip.textContent = this.title
    chip.title = this.hint
    if (this.open) {
      const open = this.open
      chip.addEventListener('mousedown', (event) => {
        event.preventDefault()
        open()
      })
    }
    return chip
  }

  override ignoreEvent(): boolean {
    return true
  }
}

type Drawn = { all: DecorationSet; chips: DecorationSet }

function draw(state: EditorState): Drawn {
  const { fields, chips: withChips, marks, formulaWord, onOpen } = state.facet(told)
  const text = state.doc.toString()
  const chips: Range<Decoration>[] = []
  const under: Range<Decoration>[] = []
  for (const s of segmentsOf(text)) {
    if (s.kind === 'text') continue
    const source = text.slice(s.from, s.to)
    const wrong = marks.some((m) => m.severity === 'error' && m.from < s.to && m.to > s.from)
    if (!withChips || source.includes('\n')) {
      under.push(Decoration.mark({ class: 'belay-expression' }).range(s.from, s.to))
      continue
    }
    if (s.kind === 'variable') {
      const field = fieldAt(fields, s.path)
      const title = field ? [...field.within, field.title].join(' › ') : s.path
      const tone = wrong ? 'wrong' : field ? 'known' : 'unknown'
      chips.push(Decoration.replace({ widget: new Chip(title, source, tone, undefined) }).range(s.from, s.to))
    } else {
      const inner = source.slice(2, -2).trim()
      const short = inner.length > 36 ? `${inner.slice(0, 35)}…` : inner
      const title = `${formulaWord} ${short}`
      chips.push(
        Decoration.replace({ widget: new Chip(title, source, wrong ? 'wrong' : 'formula', onOpen) }).range(
          s.from,
          s.to,
        ),
      )
    }
  }
  for (const m of marks) {
    const to = Math.min(m.to, text.length)
    if (m.from < to)
      under.push(Decoration.mark({ class: `belay-mark belay-mark-${m.severity}` }).range(m.from, to))
  }
  return { all: Decoration.set([...chips, ...under], true), chips: Decoration.set(chips, true) }
}

const decorations = ViewPlugin.fromClass(
  class {
    drawn: Drawn
    constructor(view: EditorView) {
      this.drawn = draw(view.state)
    }
    update(u: ViewUpdate) {
      if (u.docChanged || u.startState.facet(told) !== u.state.facet(told)) this.drawn = draw(u.state)
    }
  },
  {
    decorations: (p) => p.drawn.all,
    // A chip is stepped over and deleted as one.
    provide: (plugin) =>
      EditorView.atomicRanges.of((view) => view.plugin(plugin)?.drawn.chips ?? Decoration.none),
  },
)

/** What can stand where the cursor is within braces: fields, and functions. */
function completions(context: CompletionContext): CompletionResult | null {
  const { fields, functions } = context.state.facet(told)
  const before = context.state.sliceDoc(0, context.pos)
  const open = before.lastIndexOf('{{')
  if (open < 0 || before.indexOf('}}', open) >= 0) return null
  const quoted = /var\(\s*["']([^"']*)$/.exec(before.slice(open))
  if (quoted) {
    return {
      from: context.pos - (quoted[1]?.length ?? 0),
      options: fields.map((f) => ({ label: f.path, detail: f.title, type: 'variable' })),
      validFor: /^[\w.[\]-]*$/,
    }
  }
  const word = context.matchBefore(/[\p{L}_][\p{L}\p{Nd}_.-]*/u)
  if (!word && !context.explicit && !/(\{\{|[(;[])\s*$/.test(before)) return null
  const closed = context.state.sliceDoc(context.pos, context.pos + 2) === '}}'
  const alone = /^\{\{\s*$/.test(before.slice(open, word?.from ?? context.pos))
  return {
    from: word?.from ?? context.pos,
    options: [
      ...fields.map(
        (f, i): Completion => ({
          label: f.path,
          displayLabel: [...f.within, f.title].join(' › '),
          detail: f.path,
          type: 'variable',
          // As they are declared, where they fit equally well.
          boost: 40 - Math.min(i, 20),
          apply: `var("${f.path}")${alone && !closed ? '}}' : ''}`,
        }),
      ),
      ...functions
        .filter((f) => f.name !== 'var')
        .map(
          (f): Completion => ({
            label: f.name,
            detail: f.signature.slice(f.name.length),
            info: f.doc,
            type: 'function',
            boost: f.formulaField ? 0 : -20,
            apply: `${f.name}(`,
          }),
        ),
    ],
    validFor: /^[\p{L}\p{Nd}_.-]*$/u,
  }
}

const look = EditorView.theme({
  '&': { fontSize: 'var(--mantine-font-size-sm)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family)' },
  '.cm-content': { padding: '7px 0', caretColor: 'var(--mantine-color-text)' },
  '.cm-line': { padding: '0 12px', lineHeight: '1.6' },
  '.cm-placeholder': { color: 'var(--mantine-color-dimmed)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-sm)',
    boxShadow: 'var(--mantine-shadow-md)',
    overflow: 'hidden',
    maxWidth: 'min(28rem, 92vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mantine-font-family)', maxHeight: '15em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '6px 10px', lineHeight: '1.3' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--mantine-primary-color-light)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--mantine-color-dimmed)', fontSize: '0.9em' },
  '.cm-completionInfo': { padding: '8px 10px', fontFamily: 'var(--mantine-font-family)' },
  '.belay-expression': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    color: 'var(--mantine-primary-color-light-color)',
  },
  '.belay-mark-error': {
    textDecoration: 'underline wavy var(--mantine-color-error)',
    textUnderlineOffset: '3px',
  },
  '.belay-mark-warning': {
    textDecoration: 'underline wavy var(--mantine-color-yellow-6)',
    textUnderlineOffset: '3px',
  },
  '.belay-chip': {
    display: 'inline-block',
    maxWidth: '100%',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    verticalAlign: 'bottom',
    whiteSpace: 'nowrap',
    borderRadius: '6px',
    padding: '0 7px',
    margin: '0 1px',
    lineHeight: '1.5',
    backgroundColor: 'var(--mantine-primary-color-light)',
    color: 'var(--mantine-primary-color-light-color)',
    fontWeight: '550',
    cursor: 'default',
  },
  '.belay-chip-formula': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    fontWeight: '400',
    cursor: 'pointer',
  },
  '.belay-chip-unknown': {
    backgroundColor: 'var(--mantine-color-yellow-light)',
    color: 'light-dark(#7a4f01, var(--mantine-color-yellow-4))',
  },
  '.belay-chip-wrong': {
    backgroundColor: 'var(--mantine-color-red-light)',
    color: 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))',
  },
})
