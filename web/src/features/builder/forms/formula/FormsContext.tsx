import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { ask, type Schema, siteApi } from '@/lib/api/client'
import { type Field, fieldsOf } from '@/lib/schema/fields'
import type { EditorContext } from '../../model/context'
import { batched } from '../model/batch'

export type Checked = Schema<'FormulaResult'>
export type Asked = Schema<'Formula'>

/** What all fields of a form have in common. */
type Forms = {
  context: EditorContext
  fields: Field[]
  functions: Schema<'FormulaFunction'>[]
  check: (formula: Asked) => Promise<Checked>
  /** Changes with what formulas see. */
  sight: string
}

const Forms = createContext<Forms | undefined>(undefined)

export function FormsProvider({ context, children }: { context: EditorContext; children: ReactNode }) {
  const { siteId, schema, examples } = context
  const functions = useFunctions(siteId)
  // The context is made anew with each edit of the draft; what formulas see seldom changes.
  const sight = useMemo(() => JSON.stringify([schema, examples]), [schema, examples])
  const seen = useMemo(() => {
    const [s, e] = JSON.parse(sight) as [EditorContext['schema'], EditorContext['examples']]
    const check = batched<Asked, Checked>(
      async (formulas) => {
        const body = { formulas, schema: s, example: e }
        return (await ask(siteApi(siteId).POST('/belay/v1/formulas/check', { body }))).results
      },
      40,
      50,
    )
    return { fields: fieldsOf(s, e), check }
  }, [siteId, sight])
  const value = useMemo(() => ({ context, functions, sight, ...seen }), [context, functions, sight, seen])
  return <Forms value={value}>{children}</Forms>
}

export function useForms(): Forms {
  const forms = useContext(Forms)
  if (!forms) throw new Error('a field of a form stands outside any')
  return forms
}

const none: Schema<'FormulaFunction'>[] = []

/** The functions of the language; they change with the server's version alone. */
function useFunctions(siteId: string) {
  const { data } = useQuery({
    queryKey: ['formula-functions'],
    queryFn: () => ask(siteApi(siteId).GET('/belay/v1/formula-functions')),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data?.functions ?? none
}
