import { Fragment, type ReactNode } from 'react'
import classes from '../operator.module.css'

export type Bar = { key: string; label: ReactNode; value: number; told: string; bad?: boolean }

/** Amounts beside each other, each as a word, a bar and a figure. */
export function Bars({ bars }: { bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value))
  return (
    <dl className={classes.bars}>
      {bars.map((bar) => (
        <Fragment key={bar.key}>
          <dt>{bar.label}</dt>
          <dd className={classes.track} aria-hidden>
            {bar.value > 0 && (
              <div
                className={classes.fill}
                data-bad={bar.bad || undefined}
                style={{ width: `${(bar.value / most) * 100}%` }}
              />
            )}
          </dd>
          <dd className={classes.amount}>{bar.told}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
