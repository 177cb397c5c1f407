/** An identifier, of Belay's own things and of what apps report about. */
export const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whether a text is an identifier, whatever white space is around it. */
export function isGuid(text: string): boolean {
  return guid.test(text.trim())
}
