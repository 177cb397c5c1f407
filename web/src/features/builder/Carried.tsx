import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '@/features/flow/useHold'
import classes from './builder.module.css'

/** What a finger carries, beside the finger; it says what letting it go does. */
export function Carried({ name, at, ready }: { name: string; at: Point; ready: boolean; over?: string }) {
  const { t } = useTranslation('builder')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const follow = (e: PointerEvent) => {
      if (box.current) box.current.style.translate = `${e.clientX}px ${e.clientY}px`
    }
    window.addEventListener('pointermove', follow)
    return () => window.removeEventListener('pointermove', follow)
  }, [])
  return (
    <div
      ref={box}
      style={{ translate: `${at.x}px ${at.y}px` }}
      className={classes.carried}
      data-ready={ready || undefined}
      role="status"
    >
      <span>
        <strong>{name}</strong> {t(ready ? 'carried.here' : 'carried.where')}
      </span>
    </div>
  )
}
