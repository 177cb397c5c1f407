import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { javascript } from '@codemirror/lang-javascript'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { type EditorView, keymap } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { parameterOf } from '@/lib/script'
import type { ScriptEditorProps, ScriptFault } from './ScriptEditor'
import { useCodeMirror } from './useCodeMirror'

type Props = ScriptEditorProps & { minHeight: string; describedBy?: string }

/** The editor itself, loaded on demand by ScriptEditor. */
export default function ScriptArea({ value, onChange, label, fault, readOnly, minHeight, ...rest }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const paths = useRef(rest.paths)
  paths.current = rest.paths
  const attributes: Record<string, string> = { 'aria-label': label, 'aria-multiline': 'true', dir: 'ltr' }
  if (rest.describedBy)
    Object.assign(attributes, { 'aria-invalid': 'true', 'aria-describedby': rest.describedBy })
  const view = useCodeMirror(host, {
    value,
    onChange,
    attributes,
    readOnly,
    minHeight,
    extensions: [
      javascript(),
      lintGutter(),
      autocompletion({ override: [(context) => completions(context, paths.current)], icons: false }),
      keymap.of(completionKeymap),
    ],
  })
  useEffect(() => {
    const shown = view.current
    if (shown) shown.dispatch(setDiagnostics(shown.state, marks(shown, fault)))
  }, [view, fault])
  return <div ref={host} dir="ltr" />
}

/** The word at the place of a fault, or the end of its line. */
function marks(view: EditorView, fault: ScriptFault | undefined): Diagnostic[] {
  if (!fault?.line) return []
  const { doc } = view.state
  const line = doc.line(Math.min(fault.line, doc.lines))
  const at = Math.min(line.from + (fault.column ?? 1) - 1, line.to)
  const word = view.state.wordAt(at)
  const from = word?.from ?? Math.max(line.from, Math.min(at, line.to - 1))
  const to = word?.to ?? Math.min(from + 1, doc.length)
  return [{ from, to, severity: 'error', message: fault.message }]
}

/** The values the code is given, after the name of its parameter. */
function completions(context: CompletionContext, paths: ScriptEditorProps['paths']): CompletionResult | null {
  const parameter = parameterOf(context.state.doc.toString())
  const begun = context.matchBefore(/[\w$]+\??\.[\w$.?]*/)
  const dot = begun?.text.search(/\??\./) ?? -1
  if (!begun || dot < 0 || begun.text.slice(0, dot) !== parameter) return null
  return {
    from: begun.from + begun.text.indexOf('.') + 1,
    options: paths.map(({ path, title }) => ({ label: path, detail: title, type: 'property' })),
    validFor: /^[\w$.]*$/,
  }
}
