const abbreviations = new Set(['id', 'url', 'uri', 'vat', 'sku', 'iban', 'api', 'ip', 'pdf', 'html', 'sms'])

/** A title for people from the key of a property: "customerFirstName" gives "Customer first name". */
export function titleOf(key: string): string {
  const words = key
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_\-.]+/)
    .filter(Boolean)
    .map((word) => (abbreviations.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()))
  const [first, ...rest] = words
  if (first === undefined) return key
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(' ')
}
