import { Box } from '@mantine/core'
import { CopyButton } from '@/ui/CopyButton'
import classes from './Source.module.css'

type Props = {
  /** Text, shown as it is; any other value as JSON with colours. */
  value: unknown
  label: string
  copyLabel?: string
}

/** Source or data to read and copy. It is text, whatever stands in it. */
export function Source({ value, label, copyLabel }: Props) {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
  return (
    <Box pos="relative" dir="ltr">
      <Box pos="absolute" top={6} right={6}>
        <CopyButton value={text} label={copyLabel} />
      </Box>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className={classes.source} tabIndex={0} aria-label={label}>
        <pre>{typeof value === 'string' ? text : coloured(text)}</pre>
      </section>
    </Box>
  )
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g

/** JSON in pieces, each with the colour of what it is. */
function coloured(text: string) {
  const pieces = []
  let end = 0
  for (const found of text.matchAll(token)) {
    pieces.push(text.slice(end, found.index))
    const kind = found[2] ? classes.key : found[1] ? classes.text : classes.value
    pieces.push(
      <span key={found.index} className={kind}>
        {found[1] ?? found[0]}
      </span>,
    )
    if (found[2]) pieces.push(found[2])
    end = found.index + found[0].length
  }
  pieces.push(text.slice(end))
  return pieces
}
