/** A colour as its parts, each from 0 to 255. */
type Rgb = [number, number, number]

function parse(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16)
  return [n >> 16, (n >> 8) & 255, n & 255]
}

const format = (rgb: Rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => (a[i] as number) * (1 - share) + (b[i] as number) * share) as Rgb
}

/** Source: WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const c = part / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** The contrast of two colours #rrggbb, from 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

/** A colour, made darker until white text can be read on it, and it on white. */
export function readable(hex: string): string {
  for (let share = 0; share < 1; share += 0.04) {
    const darker = format(mix(parse(hex), black, share))
    if (contrast(darker, '#ffffff') >= 4.5) return darker
  }
  return '#000000'
}

/** Ten shades of a platform's colour, from the lightest to the darkest; texts can be read on those from 6 on. */
export function shades(hex: string): string[] {
  const base = parse(readable(hex))
  const lighter = [0.92, 0.84, 0.68, 0.52, 0.38, 0.2].map((share) => mix(base, white, share))
  const darker = [0.14, 0.3, 0.46].map((share) => mix(base, black, share))
  return [...lighter, base, ...darker].map(format)
}
