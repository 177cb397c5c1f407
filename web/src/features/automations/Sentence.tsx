import { Text, type TextProps } from '@mantine/core'
import { Fragment, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Digest, type Language, type Piece, sentenceOf } from '@/lib/sentence'
import type { Place } from '@/lib/time'

type Props = TextProps & { digest: Digest; place: Place }

/** What an automation does, in one sentence; what somebody chose stands out. */
export function Sentence({ digest, place, ...text }: Props) {
  const language = useSentenceLanguage(place)
  const pieces = useMemo(() => sentenceOf(digest, language), [digest, language])
  return (
    <Text component="p" m={0} c="dimmed" size="sm" dir="auto" {...text}>
      <Pieces of={pieces} />
    </Text>
  )
}

/** The pieces of a sentence. */
export function Pieces({ of }: { of: Piece[] }) {
  return of.map((piece, i) =>
    piece.strong ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names but their places
      <Text key={i} component="span" inherit c="var(--mantine-color-text)" fw={550}>
        {piece.text}
      </Text>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no names but their places
      <Fragment key={i}>{piece.text}</Fragment>
    ),
  )
}

/** The language that sentences are written in: the console's words, the site's numbers and dates. */
export function useSentenceLanguage(place: Place): Language {
  const { t } = useTranslation('sentence')
  return useMemo(
    () => ({ t: (key, values) => (t as unknown as Language['t'])(key, values), locale: place.locale }),
    [t, place.locale],
  )
}
