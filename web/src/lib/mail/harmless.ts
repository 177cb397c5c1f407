// What a mail may be made of when it is shown: text, its structure and its looks. All
// else is left out with what is in it (dropped), or replaced by what is in it.
const kept = new Set(
  (
    'a abbr address article aside b blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure ' +
    'font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike ' +
    'strong sub sup table tbody td tfoot th thead time tr tt u ul'
  ).split(' '),
)
const dropped = new Set(
  'script style noscript template iframe frame frameset object embed applet svg math link meta base title head audio video'.split(
    ' ',
  ),
)
const attributes = new Set(
  'align alt bgcolor border cellpadding cellspacing color colspan dir face height lang rowspan size style title valign width'.split(
    ' ',
  ),
)

/** Pictures that are in the mail itself; others would tell their server who reads. */
const ownPicture = /^data:image\/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]+$/i

/** A style that fetches nothing. */
const fetches = /url\s*\(|image-set|@import|expression|-moz-binding|\\/i

/**
 * The HTML of a mail without anything that acts, asks another server or leads away. It is
 * made anew of what is known to be harmless, not by taking out what is known to be harmful.
 */
export function harmless(html: string): string {
  const parsed = new DOMParser().parseFromString(quiet(html), 'text/html')
  const made = document.implementation.createHTMLDocument('')
  for (const child of parsed.body.childNodes) made.body.append(...copy(child, made))
  return made.body.innerHTML
}

/**
 * Handlers under a name that means nothing. They would not run in a document that is only
 * parsed, but the browser reports each as a breach of the page's policy.
 */
function quiet(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(?<=[\s"'/])on(?=[a-z]+\s*=)/gi, 'data-on'))
}

function copy(node: Node, into: Document): Node[] {
  if (node.nodeType === Node.TEXT_NODE) return [into.createTextNode(node.textContent ?? '')]
  if (!(node.nodeType === Node.ELEMENT_NODE)) return []
  const from = node as Element
  const name = from.localName
  if (dropped.has(name)) return []
  const children = [...from.childNodes].flatMap((child) => copy(child, into))
  if (!kept.has(name)) return children
  if (name === 'img' && !ownPicture.test(from.getAttribute('src') ?? '')) {
    return [into.createTextNode(from.getAttribute('alt') ?? '')]
  }
  const element = into.createElement(name)
  for (const { name: attribute, value } of from.attributes) {
    if (!attributes.has(attribute)) continue
    if (attribute === 'style' && fetches.test(value)) continue
    element.setAttribute(attribute, value)
  }
  if (name === 'img') element.setAttribute('src', from.getAttribute('src') ?? '')
  if (name === 'a') {
    element.setAttribute(
      'style',
      `color:#14615a;text-decoration:underline;${element.getAttribute('style') ?? ''}`,
    )
    const to = from.getAttribute('href')
    if (to) element.setAttribute('title', to)
  }
  element.append(...children)
  return [element]
}

/** A whole page of a mail, for a frame without scripts. Its own policy is the second wall. */
export function mailPage(html: string): string {
  return (
    '<!doctype html><html><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src-attr 'unsafe-inline'">` +
    '<meta name="color-scheme" content="light"></head>' +
    '<body style="margin:16px;background:#fff;color:#1a211f;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere">' +
    `${harmless(html)}</body></html>`
  )
}
