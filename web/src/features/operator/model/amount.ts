const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A number of bytes in the largest unit that it fills: "1.2 GB". */
export function formatBytes(bytes: number, locale: string): string {
  let [n, unit] = [Math.abs(bytes), 0]
  while (n >= 1000 && unit < sizes.length - 1) {
    n /= 1000
    unit++
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: sizes[unit],
    unitDisplay: 'short',
    maximumFractionDigits: n < 10 ? 1 : 0,
  }).format(Math.sign(bytes) * n)
}

/** A rate or a count for a headline: "0.3", "12", "1.4K". */
export function formatCount(n: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    notation: n >= 10_000 ? 'compact' : 'standard',
    maximumFractionDigits: n < 10 ? 2 : n < 10_000 ? 0 : 1,
  }).format(n)
}
