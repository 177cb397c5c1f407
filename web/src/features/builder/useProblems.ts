import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Automation } from '@/features/flow/document'
import { type Api, ask } from '@/lib/api/client'
import { type Problem, problemsOf, type Validation } from './model/problems'
import { written } from './useAutosave'

/** What stands against an automation as it is, a moment after each change. */
export function useProblems(
  api: Api,
  site: string,
  automation: Automation,
  id: string | undefined,
): Problem[] {
  const [settled] = useDebouncedValue(automation, 350)
  const { data } = useQuery({
    queryKey: ['builder-problems', site, id ?? '', settled],
    queryFn: () => findProblems(api, settled, id, true),
    placeholderData: keepPreviousData,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  return data ?? none
}

const none: Problem[] = []

/** What stands against an automation; `quick` asks no app. `id` is the live automation's. */
export async function findProblems(
  api: Api,
  automation: Automation,
  id: string | undefined,
  quick: boolean,
): Promise<Problem[]> {
  const answer = await ask(
    api.POST('/automations-service/v2/automations/validate', {
      body: {
        automation: { ...written(automation), ...(id ? { id } : {}) },
        validationSettings: { skipProviderValidations: quick },
      },
    }),
  )
  return problemsOf(answer as Validation)
}
