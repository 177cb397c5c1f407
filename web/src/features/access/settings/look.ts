/** Rules of a portal's look, as the server has them: so that a slip is told while it is typed. */

export function goodColor(text: string): boolean {
  return text === '' || /^#[0-9a-f]{6}$/i.test(text)
}

export function goodLogo(text: string): boolean {
  if (text === '') return true
  if (/^data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/.test(text)) return true
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

const origin =
  /^(https:\/\/(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|http:\/\/(localhost|127\.0\.0\.1|\[::1\]))(:[0-9]{1,5})?$/

/** The origins of a text, one per line. */
export function originsOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((line) => line.trim().toLowerCase().replace(/\/$/, ''))
    .filter((line) => line !== '')
}

/** The first that is no origin; undefined where all are. */
export function wrongOrigin(text: string): string | undefined {
  return originsOf(text).find((one) => !origin.test(one))
}
