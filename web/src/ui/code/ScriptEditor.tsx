import { Box, Input, Skeleton } from '@mantine/core'
import { lazy, Suspense, useId } from 'react'

/** Something that is wrong with code, and where: lines and columns count from 1. */
export type ScriptFault = { message: string; line?: number; column?: number }

export type ScriptEditorProps = {
  value: string
  onChange: (value: string) => void
  label: string
  description?: string
  fault?: ScriptFault
  /** What stands below the editor where something is wrong. */
  error?: string
  readOnly?: boolean
  minHeight?: string
  /** What may be written after the name of the function's parameter, such as contact.name, with its title. */
  paths: { path: string; title: string }[]
}

const Area = lazy(() => import('./ScriptArea'))

/** An editor of JavaScript: colours, completion of the values it is given, a mark where it is wrong. Loaded when shown. */
export function ScriptEditor(props: ScriptEditorProps) {
  const { label, description, error, minHeight = '9rem' } = props
  const id = useId()
  return (
    <Input.Wrapper
      id={id}
      label={label}
      labelElement="div"
      description={description}
      error={error}
      inputWrapperOrder={['label', 'description', 'input', 'error']}
    >
      <Box my={6}>
        <Suspense fallback={<Skeleton h={minHeight} aria-hidden />}>
          <Area {...props} minHeight={minHeight} describedBy={error ? `${id}-error` : undefined} />
        </Suspense>
      </Box>
    </Input.Wrapper>
  )
}
