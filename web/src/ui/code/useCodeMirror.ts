import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { type RefObject, useEffect, useRef } from 'react'
import { Echo } from '@/lib/echo'
import { nonce } from '@/lib/nonce'

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.keyword], color: 'var(--json-key)' },
  { tag: [tags.string, tags.regexp], color: 'var(--json-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--json-value)' },
  { tag: tags.comment, color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
])

const look = EditorView.theme({
  '&': {
    fontSize: 'var(--mantine-font-size-sm)',
    backgroundColor: 'var(--mantine-color-default)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-md)',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { background: 'transparent', border: 'none', color: 'var(--mantine-color-dimmed)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--mantine-color-default-border)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--mantine-primary-color-light)',
    color: 'var(--mantine-color-text)',
  },
})

type Options = {
  value: string
  onChange?: (value: string) => void
  attributes: Record<string, string>
  readOnly?: boolean
  minHeight: string
  /** The language and what else makes this editor another than the next; read once. */
  extensions: Extension[]
}

/** An editor of code within an element. It shows the value, whoever changes it. */
export function useCodeMirror(
  host: RefObject<HTMLElement | null>,
  options: Options,
): RefObject<EditorView | null> {
  const view = useRef<EditorView>(null)
  const latest = useRef(options)
  latest.current = options
  const echo = useRef(new Echo())
  const given = useRef(false)
  const parts = useRef({ readOnly: new Compartment(), attributes: new Compartment() })
  const { value, readOnly } = options
  const attributes = JSON.stringify(options.attributes)

  useEffect(() => {
    if (!host.current) return
    const { value, minHeight, extensions } = latest.current
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          extensions,
          syntaxHighlighting(colours),
          look,
          EditorView.theme({ '.cm-scroller': { minHeight, maxHeight: '70vh', overflow: 'auto' } }),
          EditorView.lineWrapping,
          // Tab is left to the browser, so that the keyboard can leave the editor.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          parts.current.attributes.of([]),
          parts.current.readOnly.of([]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || given.current) return
            const text = update.state.doc.toString()
            echo.current.say(text)
            latest.current.onChange?.(text)
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [host])

  useEffect(() => {
    view.current?.dispatch({
      effects: [
        parts.current.readOnly.reconfigure([
          EditorState.readOnly.of(!!readOnly),
          EditorView.editable.of(!readOnly),
        ]),
        parts.current.attributes.reconfigure(EditorView.contentAttributes.of(JSON.parse(attributes))),
      ],
    })
  }, [readOnly, attributes])

  useEffect(() => {
    const shown = view.current?.state.doc.toString()
    if (shown !== undefined && !echo.current.returns(value) && shown !== value) {
      given.current = true
      view.current?.dispatch({ changes: { from: 0, to: shown.length, insert: value } })
      given.current = false
    }
  }, [value])

  return view
}
