/** How many characters a password has at least, as the server asks. */
export const leastPassword = 12

/** How many characters are still missing, as the server counts them. */
export function missing(password: string): number {
  return Math.max(0, leastPassword - [...password].length)
}
