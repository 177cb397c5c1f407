import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { hasFormula } from '@/lib/formula/segments'
import type { JsonSchema } from '@/lib/schema/schema'
import { type Asked, type Checked, useForms } from './FormsContext'

/**
 * What the server finds in a text, a moment after it was last changed. Undefined for
 * a text without expressions, and while nothing is known of this very text.
 */
export function useCheck(
  text: string,
  use: Asked['use'],
  expects: JsonSchema | undefined,
): Checked | undefined {
  const { check, sight } = useForms()
  const [settled] = useDebouncedValue(text, 250)
  const { data } = useQuery({
    queryKey: ['formula', settled, use, expects, sight],
    queryFn: async () => ({ text: settled, found: await check({ text: settled, use, expects }) }),
    enabled: hasFormula(settled),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  return data?.text === text && hasFormula(text) ? data.found : undefined
}
