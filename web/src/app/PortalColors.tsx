import { useEffect } from 'react'
import { shades } from '@/lib/color'
import { useMaybeSession } from './session'

/** Gives the console the colours of the platform in whose page it stands. */
export function PortalColors() {
  const colors = useMaybeSession()?.portal?.colors
  const primary = colors?.primary
  const background = colors?.background
  useEffect(() => {
    const style = document.documentElement.style
    const set: string[] = []
    const put = (name: string, value: string) => {
      style.setProperty(name, value, 'important')
      set.push(name)
    }
    if (primary) {
      for (const [i, shade] of shades(primary).entries()) {
        put(`--mantine-color-belay-${i}`, shade)
        put(`--mantine-primary-color-${i}`, shade)
      }
    }
    if (background) put('--portal-background', background)
    return () => {
      for (const name of set) style.removeProperty(name)
    }
  }, [primary, background])
  return null
}
