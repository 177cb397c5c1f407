import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useHere } from '@/app/useHere'
import { formatClock } from '@/lib/time'
import classes from '../operator.module.css'

export type Series = { label: string; values: readonly number[]; tone: Tone }
export type Tone = 'main' | 'second' | 'bad'

/** Colours that stand out from both backgrounds and from each other. */
const tones: Record<'light' | 'dark', Record<Tone, string>> = {
  light: { main: '#1d7a70', second: '#5b6ee0', bad: '#c2410c' },
  dark: { main: '#4fae9d', second: '#8d9bf4', bad: '#f08c4b' },
}

export function toneOf(tone: Tone, scheme: 'light' | 'dark'): string {
  return tones[scheme][tone]
}

type Props = {
  /** What the picture says, for those who do not see it. */
  summary: string
  /** Seconds since 1970, one for each value. */
  instants: readonly number[]
  /** How many seconds the picture reaches back from the last of them. */
  span: number
  series: Series[]
  /** How a value is written on the axis. */
  tick: (value: number) => string
  /** The least that the top of the picture stands for. */
  least?: number
}

/** Lines over time. It is redrawn, not built anew, when values arrive. */
export function Chart({ summary, instants, span, series, tick, least = 1 }: Props) {
  const { locale, timeZone } = useHere()
  const scheme = useComputedColorScheme('light')
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const write = useRef(tick)
  write.current = tick
  const data = [instants, ...series.map((s) => s.values)] as uPlot.AlignedData
  const latest = useRef(data)
  latest.current = data
  const shape = series.map((s) => `${s.label}:${s.tone}`).join()

  // biome-ignore lint/correctness/useExhaustiveDependencies: shape stands for series, whose values come by setData
  useEffect(() => {
    const box = place.current
    if (!box) return
    const grid = scheme === 'dark' ? '#2c3532' : '#e5e9e7'
    const text = scheme === 'dark' ? '#96a29d' : '#5d6965'
    const axis = { stroke: text, font: '11px Inter Variable, sans-serif', ticks: { show: false } }
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: 132,
        cursor: { show: false },
        legend: { show: false },
        scales: {
          x: { range: (_, __, max) => [max - span, max] },
          y: { range: (_, __, max) => [0, Math.max(least, (max || 0) * 1.15)] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 28,
            space: 70,
            values: (_, at) => at.map((s) => formatClock(new Date(s * 1000), { locale, timeZone })),
          },
          {
            ...axis,
            grid: { stroke: grid, width: 1 },
            size: 52,
            space: 34,
            values: (_, values) => values.map((v) => write.current(v)),
          },
        ],
        series: [
          {},
          ...series.map((s, n) => ({
            label: s.label,
            stroke: tones[scheme][s.tone],
            width: 1.75,
            fill: n === 0 ? `${tones[scheme][s.tone]}22` : undefined,
            points: { show: false },
            spanGaps: true,
          })),
        ],
      },
      latest.current,
      box,
    )
    plot.current = chart
    const fitted = new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: 132 }))
    fitted.observe(box)
    return () => {
      fitted.disconnect()
      chart.destroy()
    }
  }, [scheme, shape, locale, timeZone, span, least])

  useEffect(() => {
    plot.current?.setData(latest.current)
  })

  return <div ref={place} className={classes.chart} role="img" aria-label={summary} />
}
