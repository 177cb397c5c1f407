import { Input, Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'

export type JsonEditorProps = {
  value: string
  onChange?: (value: string) => void
  label: string
  /** Shows the label above the editor, not only to screen readers. */
  labelled?: boolean
  description?: string
  error?: string
  readOnly?: boolean
  minHeight?: string
}

const Area = lazy(() => import('./JsonArea'))

/** An editor of JSON, with its colours and with what is wrong marked. It is loaded when it is first shown. */
export function JsonEditor(props: JsonEditorProps) {
  const { label, labelled, description, error, minHeight = '12rem' } = props
  return (
    <Input.Wrapper
      label={labelled ? label : undefined}
      labelElement="div"
      description={description}
      error={error}
    >
      <Suspense fallback={<Skeleton h={minHeight} aria-hidden />}>
        <Area {...props} />
      </Suspense>
    </Input.Wrapper>
  )
}
