import { json, jsonParseLinter } from '@codemirror/lang-json'
import { linter } from '@codemirror/lint'
import { useRef } from 'react'
import type { JsonEditorProps } from './JsonEditor'
import { useCodeMirror } from './useCodeMirror'

const parse = jsonParseLinter()
const extensions = [json(), linter((view) => (view.state.doc.length === 0 ? [] : parse(view)))]

/** The editor itself, loaded on demand by JsonEditor. */
export default function JsonArea({ value, onChange, label, readOnly, minHeight = '12rem' }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const attributes = { 'aria-label': label, dir: 'ltr' }
  useCodeMirror(host, { value, onChange, attributes, readOnly, minHeight, extensions })
  return <div ref={host} dir="ltr" />
}
