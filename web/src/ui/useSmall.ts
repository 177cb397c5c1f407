import { useMediaQuery } from '@mantine/hooks'

/** Whether the screen is a phone's, where what is seldom used is folded. */
export function useSmall(): boolean {
  return useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false
}
