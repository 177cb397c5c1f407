import { Box, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Card } from './cards'
import classes from './list.module.css'
import { daysOf, weekOf } from './model'

const height = 28
const bar = 10
const gap = 4

/** The last seven days of an automation as bars, today at the end; the figures stand below and in its name. */
export function Sparkline({ runs, locale }: { runs: Card['runs']; locale: string }) {
  const { t } = useTranslation('automations')
  const days = daysOf(runs)
  const week = weekOf(runs)
  const number = new Intl.NumberFormat(locale)
  const kinds = ['done', 'failed', 'canceled', 'skipped'] as const
  const parts = kinds.filter((k) => week[k] > 0).map((k) => t(`runs.${k}`, { n: number.format(week[k]) }))
  const label =
    week.total === 0
      ? t('runs.none')
      : t('runs.label', { parts: new Intl.ListFormat(locale, { type: 'unit' }).format(parts) })
  const most = Math.max(...days.map((d) => d.total), 1)
  // One run is seen beside a thousand.
  const tall = (n: number) => (n === 0 ? 0 : Math.max(3, (n / most) * height))
  return (
    <Box className={classes.week} title={label}>
      <svg
        className={classes.spark}
        role="img"
        aria-label={label}
        width={days.length * (bar + gap) - gap}
        height={height}
      >
        {days.map((day, i) => {
          const x = i * (bar + gap)
          const whole = tall(day.total)
          const failed = day.failed > 0 ? Math.max(3, (whole * day.failed) / day.total) : 0
          const other = (whole * day.other) / Math.max(day.total, 1)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place
            <g key={i}>
              {day.total === 0 ? (
                <rect className={classes.none} x={x} y={height - 2} width={bar} height={2} rx={1} />
              ) : (
                <>
                  <rect className={classes.done} x={x} y={height - whole} width={bar} height={whole} rx={2} />
                  {other > 0 && (
                    <rect
                      className={classes.other}
                      x={x}
                      y={height - whole}
                      width={bar}
                      height={other}
                      rx={2}
                    />
                  )}
                  {failed > 0 && (
                    <rect
                      className={classes.failed}
                      x={x}
                      y={height - failed}
                      width={bar}
                      height={failed}
                      rx={2}
                    />
                  )}
                </>
              )}
            </g>
          )
        })}
      </svg>
      <Text size="xs" c="dimmed" className="figures" aria-hidden truncate>
        {said()}
        {week.failed > 0 && (
          <Text span inherit className={classes.failing}>
            {' · '}
            {t('runs.failed', { n: number.format(week.failed) })}
          </Text>
        )}
      </Text>
    </Box>
  )

  /** Runs that did something; where there are none, those that were called off. */
  function said(): string {
    const ran = week.done + week.failed
    if (ran > 0) return t('runs.total', { count: ran })
    const off = week.canceled + week.skipped
    return off > 0 ? t('runs.off', { n: number.format(off) }) : t('runs.quiet')
  }
}
