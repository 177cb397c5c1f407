import { EditorView } from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'
import { Echo } from '@/lib/echo'
import {
  attributes,
  extensions,
  hint,
  insertText,
  makeParts,
  type Parts,
  readOnly,
  setText,
  type Told,
  tell,
} from './editor'

/** What a field can do with the editor that stands in it. */
export type Hand = {
  /** Puts a text where the cursor is, or one that depends on what is before it and after it. */
  insert: (text: string | ((before: string, after: string) => string)) => void
  focus: () => void
}

/** The text of a formula field. It is loaded by itself: editors are large. */
export default function CodeText(props: {
  value: string
  onChange: (text: string) => void
  told: Told
  attributes: Record<string, string>
  readOnly: boolean
  hint: string
  lines: boolean
  hand: RefObject<Hand | null>
}) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const parts = useRef<Parts>(null)
  const echo = useRef(new Echo())
  const given = useRef(false)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (!place.current) return
    const first = latest.current
    parts.current = makeParts()
    const made = new EditorView({
      parent: place.current,
      doc: first.value,
      extensions: extensions(parts.current, {
        ...first,
        onChange: (text) => {
          if (given.current) return
          echo.current.say(text)
          latest.current.onChange(text)
        },
      }),
    })
    view.current = made
    first.hand.current = { insert: (text) => insertText(made, text), focus: () => made.focus() }
    return () => made.destroy()
  }, [])

  useEffect(() => {
    if (!view.current || echo.current.returns(props.value)) return
    given.current = true
    setText(view.current, props.value)
    given.current = false
  }, [props.value])

  const attributeKey = JSON.stringify(props.attributes)
  useEffect(() => {
    const p = parts.current
    if (!p) return
    view.current?.dispatch({
      effects: [
        p.told.reconfigure(tell(props.told)),
        p.attributes.reconfigure(attributes(JSON.parse(attributeKey))),
        p.readOnly.reconfigure(readOnly(props.readOnly)),
        p.hint.reconfigure(hint(props.hint)),
      ],
    })
  }, [props.told, attributeKey, props.readOnly, props.hint])

  return <div ref={place} dir="auto" />
}
