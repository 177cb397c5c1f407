import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Sentence as Said } from '@/features/automations/Sentence'
import type { Automation } from '@/features/flow/document'
import { type Api, ask } from '@/lib/api/client'
import type { Place } from '@/lib/time'
import classes from './builder.module.css'
import { written } from './useAutosave'

type Props = { api: Api; site: string; place: Place; automation: Automation }

/** What the automation does as it is now, in one sentence. */
export function Sentence({ api, site, place, automation }: Props) {
  const [settled] = useDebouncedValue(automation, 300)
  const { data } = useQuery({
    queryKey: ['builder-sentence', site, settled.configuration],
    queryFn: () => ask(api.POST('/belay/v1/automation-digest', { body: { automation: written(settled) } })),
    placeholderData: keepPreviousData,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  return (
    <div className={classes.sentence} aria-live="polite">
      {data ? <Said digest={data.digest} place={place} lineClamp={2} /> : ' '}
    </div>
  )
}
