import { type Json, rename } from './patch'

// A payload schema as the form shows it: a list of properties, objects and arrays with
// those inside them. Every edit gives a new document and leaves what the form does not
// show as it is, so that form and JSON stay in step.

export type SchemaDoc = { [key: string]: Json }

/** Where a property stands: the keys of those around it, outermost first, then its own. */
export type Way = string[]

export type Property = {
  way: Way
  key: string
  type: string
  format: string
  title: string
  description: string
  required: boolean
  /** The first example, as JSON; empty for none. */
  example: string
  /** It says when a scheduled event takes place. */
  futureDate: boolean
  /** Whose ID it is: contact, visitor or member; empty for nobody's. */
  identity: string
  /** It is kept from site owners. */
  hidden: boolean
  /** Properties inside it; undefined where it can have none. */
  inside?: Property[]
}

export const types = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const
export const formats = [
  'date-time',
  'date',
  'time',
  'email',
  'uri',
  'uuid',
  'number',
  'duration',
  'hostname',
  'ipv4',
  'ipv6',
] as const
export const identities = ['contact', 'visitor', 'member'] as const

/** The properties of a schema, in its order. */
export function propertiesOf(doc: SchemaDoc, above: Way = []): Property[] {
  const holder = holderAt(doc, above)
  const properties = isObject(holder?.properties) ? holder.properties : {}
  const required = Array.isArray(holder?.required) ? holder.required : []
  return Object.entries(properties).map(([key, value]) => {
    const p = isObject(value) ? value : {}
    const type = text(p.type)
    const way = [...above, key]
    const nests = above.length === 0 && (type === 'object' || type === 'array')
    return {
      way,
      key,
      type,
      format: text(p.format),
      title: text(p.title),
      description: text(p.description),
      required: required.includes(key),
      example: exampleOf(p.examples, type),
      futureDate: p.futureDate === true,
      identity: text(p.identityType),
      hidden: p.hidden === true,
      inside: nests ? propertiesOf(doc, way) : undefined,
    }
  })
}

/** What describes the properties below a way: the schema, an object property, or the items of an array. */
function holderAt(doc: SchemaDoc, way: Way): SchemaDoc | undefined {
  let at: SchemaDoc | undefined = doc
  for (const key of way) {
    const properties: Json | undefined = at?.properties
    const next: Json | undefined =
      isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
    if (!isObject(next)) return undefined
    at = text(next.type) === 'array' ? (isObject(next.items) ? next.items : undefined) : next
  }
  return at
}

function propertyAt(doc: SchemaDoc, way: Way): SchemaDoc | undefined {
  const properties = holderAt(doc, way.slice(0, -1))?.properties
  const key = way.at(-1)
  const found =
    isObject(properties) && key !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
  return isObject(found) ? found : undefined
}

export type Change = Partial<
  Pick<
    Property,
    | 'type'
    | 'format'
    | 'title'
    | 'description'
    | 'required'
    | 'example'
    | 'futureDate'
    | 'identity'
    | 'hidden'
  >
>

/** The schema with a property changed. What does not go with its new type is dropped. */
export function withChange(doc: SchemaDoc, way: Way, change: Change): SchemaDoc {
  return edited(doc, (copy) => {
    const p = propertyAt(copy, way)
    if (!p) return
    if (change.type !== undefined) retype(p, change.type)
    setText(p, 'format', change.format)
    setText(p, 'title', change.title)
    setText(p, 'description', change.description)
    setText(p, 'identityType', change.identity)
    setMark(p, 'futureDate', change.futureDate)
    setMark(p, 'hidden', change.hidden)
    if (change.example !== undefined) setExample(p, change.example)
    if (change.required !== undefined)
      require(holderAt(copy, way.slice(0, -1)), way.at(-1) ?? '', change.required)
  })
}

/** The schema with a new property, named so that it is its own, and the way to it. */
export function withNew(doc: SchemaDoc, above: Way): { doc: SchemaDoc; way: Way } {
  let key = ''
  const next = edited(doc, (copy) => {
    const holder = holderAt(copy, above)
    if (!holder) return
    if (!isObject(holder.properties)) holder.properties = {}
    const properties = holder.properties as SchemaDoc
    let n = 1
    while (Object.hasOwn(properties, `property${n}`)) n++
    key = `property${n}`
    properties[key] = {
      type: 'string',
      title: `Property ${n}`,
      ...(above.length ? {} : { examples: ['text'] }),
    }
  })
  return { doc: next, way: [...above, key] }
}

/** The schema without a property. */
export function without(doc: SchemaDoc, way: Way): SchemaDoc {
  return edited(doc, (copy) => {
    const holder = holderAt(copy, way.slice(0, -1))
    const key = way.at(-1) ?? ''
    if (!isObject(holder?.properties)) return
    delete holder.properties[key]
    require(holder, key, false)
  })
}

/** The schema with a property renamed; undefined where another has that key. */
export function renamed(doc: SchemaDoc, way: Way, key: string): SchemaDoc | undefined {
  let done = false
  const next = edited(doc, (copy) => {
    const holder = holderAt(copy, way.slice(0, -1))
    const old = way.at(-1) ?? ''
    if (!isObject(holder?.properties) || key === '__proto__') return
    done = rename(holder.properties, old, key)
    if (done && Array.isArray(holder.required)) {
      holder.required = holder.required.map((r) => (r === old ? key : r))
    }
  })
  return done ? next : undefined
}

/** The way to the property that a JSON Pointer leads into; undefined for none. */
export function wayOf(pointer: string): Way | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'))
  const way: Way = []
  for (let i = 0; i < steps.length; i++) {
    const key = steps[i + 1]
    if (steps[i] !== 'properties' || key === undefined) break
    way.push(key)
    i++
    if (steps[i + 1] === 'items') i++
  }
  return way.length ? way : undefined
}

/** Reads a document as a schema; undefined for what is no object. */
export function parseSchema(source: string): SchemaDoc | undefined {
  try {
    const value: unknown = JSON.parse(source)
    return isObject(value as Json) ? (value as SchemaDoc) : undefined
  } catch {
    return undefined
  }
}

function edited(doc: SchemaDoc, edit: (copy: SchemaDoc) => void): SchemaDoc {
  const copy = structuredClone(doc)
  edit(copy)
  return copy
}

/** Examples for properties of each type and format, by which a new one begins. */
const samples: Record<string, Json> = {
  string: 'text',
  number: 1,
  integer: 1,
  boolean: true,
  object: {},
  array: [[]],
  'date-time': '2030-06-01T09:00:00Z',
  date: '2030-06-01',
  time: '09:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '5b0c7f0e-8d3e-4f6a-9a51-3f1d1c2b4a60',
  number_: '12.50',
  duration: 'P1D',
}

function retype(p: SchemaDoc, type: string): void {
  p.type = type
  const drop = [
    'enum',
    'const',
    'default',
    'minLength',
    'maxLength',
    'pattern',
    'minimum',
    'maximum',
    'multipleOf',
  ]
  if (type !== 'string') drop.push('format', 'futureDate', 'identityType')
  if (type !== 'object') drop.push('properties', 'required')
  if (type !== 'array') drop.push('items', 'minItems', 'maxItems', 'uniqueItems')
  for (const key of drop) delete p[key]
  const inside: Json = { value: { type: 'string', title: 'Value' } }
  if (type === 'object' && !isObject(p.properties)) p.properties = inside
  if (type === 'array' && !isObject(p.items)) p.items = { type: 'object', properties: inside }
  if (p.examples !== undefined) p.examples = [type === 'array' ? [] : (samples[type] ?? null)]
}

function setText(p: SchemaDoc, key: string, value: string | undefined): void {
  if (value === undefined) return
  if (value === '' && key !== 'title') delete p[key]
  else p[key] = value
  if (key === 'format' && p.examples !== undefined) {
    const sample = samples[value === 'number' ? 'number_' : value || 'string']
    if (sample !== undefined) p.examples = [sample]
  }
}

function setMark(p: SchemaDoc, key: string, value: boolean | undefined): void {
  if (value === true) p[key] = true
  if (value === false) delete p[key]
}

function setExample(p: SchemaDoc, source: string): void {
  if (source.trim() === '') {
    delete p.examples
    return
  }
  const type = text(p.type)
  try {
    const value = JSON.parse(source) as Json
    p.examples = [type === 'string' && typeof value !== 'string' ? source : value]
  } catch {
    p.examples = [source]
  }
}

/** The first example as a person would type it: text without quotes. */
function exampleOf(examples: Json | undefined, type: string): string {
  if (examples === undefined) return ''
  const bare = !Array.isArray(examples) || (type === 'array' && !examples.every(Array.isArray))
  const first = bare ? examples : examples[0]
  if (first === undefined) return ''
  return typeof first === 'string' ? first : JSON.stringify(first)
}

function require(holder: SchemaDoc | undefined, key: string, wanted: boolean): void {
  if (!holder) return
  const list = (Array.isArray(holder.required) ? holder.required : []).filter((r) => r !== key)
  if (wanted) list.push(key)
  if (list.length) holder.required = list
  else delete holder.required
}

function isObject(value: Json | undefined): value is SchemaDoc {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
