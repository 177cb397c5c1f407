/** Whether a text is what a mail goes to: addresses with commas between them, each with a name or without. */
export function areAddresses(text: string): boolean {
  return text
    .replace(/"[^"]*"/g, '')
    .split(',')
    .every((one) => /^\s*(?:[^<>@]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)\s*$/.test(one))
}

/** What goes in between two others in a list with commas: with a comma to each side where none is. */
export function inList(text: string, before: string, after: string): string {
  const first = before.trim() === '' || /,\s*$/.test(before)
  const last = after.trim() === '' || /^\s*,/.test(after)
  return `${first ? '' : ', '}${text}${last ? '' : ', '}`
}
