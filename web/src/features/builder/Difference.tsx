import { VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Piece, wordChanges } from '@/lib/words'
import classes from './builder.module.css'

/** A text as it was above the text as it is, with the words marked that one has alone. */
export function Difference({ label, from, to }: { label: string; from: string; to: string }) {
  const { t } = useTranslation('builder')
  const found = wordChanges(from, to)
  return (
    <div className={classes.difference}>
      <span className={classes.differenceLabel}>{label}</span>
      {from !== '' && (
        <del className={classes.was}>
          <VisuallyHidden>{t('changes.was')}</VisuallyHidden>
          <Words pieces={found.from} marked={to !== ''} />
        </del>
      )}
      {to !== '' && (
        <ins className={classes.is}>
          <VisuallyHidden>{t('changes.is')}</VisuallyHidden>
          <Words pieces={found.to} marked={from !== ''} />
        </ins>
      )}
    </div>
  )
}

function Words({ pieces, marked }: { pieces: Piece[]; marked: boolean }) {
  return (
    <bdi>
      {pieces.map((p, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names of their own
        p.own && marked ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>,
      )}
    </bdi>
  )
}
