import i18next from 'i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import ar from '@/i18n/ar/sentence'
import en from '@/i18n/en/sentence'
import { type Digest, type Language, type Piece, sentenceOf, textOf } from './sentence'

const words = i18next.createInstance()
beforeAll(() =>
  words.init({
    lng: 'en',
    resources: { en: { sentence: en }, ar: { sentence: ar } },
    defaultNS: 'sentence',
    interpolation: { escapeValue: false },
  }),
)

const language = (locale: string): Language => ({
  t: words.getFixedT(locale.slice(0, 2), 'sentence') as unknown as Language['t'],
  locale,
})

/** The sentence with *what somebody chose* between stars. */
const told = (digest: Digest, locale = 'en-GB') => marked(sentenceOf(digest, language(locale)))
const marked = (pieces: Piece[]) => pieces.map((p) => (p.strong ? `*${p.text}*` : p.text)).join('')

type Step = Digest['steps'][number]
type Trigger = NonNullable<Digest['trigger']>
type Condition = NonNullable<Trigger['filters']>[number]

const starting: Trigger = {
  appId: 'a',
  triggerKey: 'starting',
  name: 'Appointment is about to start',
  kind: 'SCHEDULED',
}
const day = { amount: 1, unit: 'DAYS' as const }
const email: Step = {
  id: 'mail',
  kind: 'APP_DEFINED',
  appId: 'belay',
  actionKey: 'send_email',
  actionName: 'Send an email',
  recipient: { field: { path: 'customer_email', title: 'Customer’s email', format: 'email' } },
}
const notify: Step = { id: 'tell', kind: 'APP_DEFINED', appId: 'belay', actionKey: 'notify' }
const size = { path: 'size', title: 'Party size' }
const when = (conditions: Condition[], rest: Partial<Step> = {}): Step => ({
  id: 'if',
  kind: 'CONDITION',
  conditions: [{ all: true, conditions }],
  next: ['tell'],
  ...rest,
})
const of = (
  steps: Step[],
  trigger: Trigger | undefined = starting,
  roots = [steps[0]?.id ?? ''],
): Digest => ({
  ...(trigger ? { trigger } : {}),
  roots: steps.length > 0 ? roots : [],
  steps,
})

const over8: Condition = { field: size, relation: 'GREATER', values: [8] }

test('the reminder, as it is told in English and in Arabic', () => {
  const reminder = of([email, when([over8]), notify], { ...starting, before: day }, ['mail', 'if'])
  expect(told(reminder)).toBe(
    'When *Appointment is about to start*, *1 day before*, email the *customer*; if *party size is over 8*, notify *the team*',
  )
  expect(textOf(sentenceOf(reminder, language('ar-EG')))).toBe(
    'عند Appointment is about to start، قبل 1 يوم، أرسل بريدًا إلى Customer؛ إذا كان Party size أكثر من ٨، أخبر الفريق'.replace(
      '1 يوم',
      new Intl.NumberFormat('ar-EG', { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(1),
    ),
  )
})

describe('steps', () => {
  test.each<[string, Digest, string]>([
    ['none', of([]), 'When *Appointment is about to start*, nothing happens yet'],
    ['one', of([notify]), 'When *Appointment is about to start*, notify *the team*'],
    [
      'two beside each other',
      of([email, notify], starting, ['mail', 'tell']),
      'When *Appointment is about to start*, email the *customer* and notify *the team*',
    ],
    [
      'one after the other',
      of([{ ...email, next: ['tell'] }, notify]),
      'When *Appointment is about to start*, email the *customer*, then notify *the team*',
    ],
    [
      'a wait',
      of([{ id: 'w', kind: 'DELAY', delay: { amount: 2, unit: 'HOURS' }, next: ['mail'] }, email]),
      'When *Appointment is about to start*, *2 hours* later, email the *customer*',
    ],
    [
      'a wait for a date',
      of([
        { id: 'w', kind: 'DELAY', until: { field: { path: 'ends', title: 'End' } }, next: ['mail'] },
        email,
      ]),
      'When *Appointment is about to start*, at *end*, email the *customer*',
    ],
    [
      'a wait that is worked out, for nothing',
      of([{ id: 'w', kind: 'DELAY', delay: { expression: '{{var("n")}}', unit: 'DAYS' } }]),
      'When *Appointment is about to start*, *a time that is worked out* later, nothing happens yet',
    ],
    [
      'two ways',
      of([when([over8], { otherwise: ['mail'] }), notify, email]),
      'When *Appointment is about to start*, if *party size is over 8*, notify *the team*, otherwise email the *customer*',
    ],
    [
      'a limit',
      of([
        {
          id: 'l',
          kind: 'RATE_LIMIT',
          max: { amount: 1 },
          within: { amount: 1, unit: 'WEEKS' },
          next: ['mail'],
        },
        email,
      ]),
      'When *Appointment is about to start*, at most *1 time* in *1 week*, email the *customer*',
    ],
    [
      'a split, and variables that nobody needs to hear of',
      of([
        {
          id: 's',
          kind: 'SPLIT',
          paths: [{ name: 'A', next: 'v' }, { name: 'B', next: 'tell' }, { name: 'C' }],
        },
        { id: 'v', kind: 'SET_VARIABLES', next: ['mail'] },
        email,
        notify,
      ]),
      'When *Appointment is about to start*, email the *customer*; notify *the team*',
    ],
    [
      'a circle, which can be drawn and cannot run',
      of([
        { ...email, next: ['tell'] },
        { ...notify, next: ['mail'] },
      ]),
      'When *Appointment is about to start*, email the *customer*, then notify *the team*',
    ],
    [
      'more than one cares to read',
      {
        ...of(Array.from({ length: 8 }, (_, i) => ({ ...notify, id: `n${i}`, next: [`n${i + 1}`] }))),
        more: 3,
      },
      'When *Appointment is about to start*, notify *the team*, then notify *the team*, then notify *the team*, then notify *the team*, then notify *the team*, then notify *the team*, then 5 more steps',
    ],
    [
      'an action of an app, by what its author calls it',
      of([
        {
          id: 'a',
          kind: 'APP_DEFINED',
          appId: 'a',
          actionKey: 'sms',
          actionName: 'Send an SMS',
          recipient: { text: '+351 1' },
        },
      ]),
      'When *Appointment is about to start*, *send an SMS* to *+351 1*',
    ],
    [
      'an email to addresses that are worked out',
      of([{ ...email, recipient: { expression: '{{a}}, {{b}}' } }]),
      'When *Appointment is about to start*, send an email',
    ],
    [
      'an action that is gone',
      of([{ id: 'a', kind: 'APP_DEFINED', appId: 'a', actionKey: 'x' }]),
      'When *Appointment is about to start*, *an action that is gone*',
    ],
    [
      'a request',
      of([
        {
          ...notify,
          actionKey: 'send_http_request',
          recipient: { text: 'https://calendar.example/hook?x=1' },
        },
      ]),
      'When *Appointment is about to start*, send a request to *calendar.example*',
    ],
    [
      'an email whose address belongs to somebody',
      of([{ ...email, recipient: { field: { path: 'guest.email', title: 'Email', owner: 'Guest' } } }]),
      'When *Appointment is about to start*, email the *guest*',
    ],
  ])('%s', (_, digest, want) => expect(told(digest)).toBe(want))
})

describe('triggers', () => {
  const with_ = (rest: Partial<Trigger>) => of([notify], { ...starting, ...rest })
  const calendar = (rest: Trigger['calendar']) =>
    with_({ kind: 'CALENDAR', ...(rest ? { calendar: rest } : {}) })
  const nine = '2030-05-14T09:00' // a Tuesday
  test.each<[string, Digest, string]>([
    ['that are called when', with_({ name: 'When booked' }), 'When *booked*, notify *the team*'],
    [
      'that are gone',
      of([notify], { appId: 'a', triggerKey: 'x', kind: 'REAL_TIME' }),
      'When *a trigger that is gone*, notify *the team*',
    ],
    [
      'with filters',
      with_({
        filters: [
          {
            field: { path: 's', title: 'Service' },
            relation: 'ONE_OF',
            values: ['Haircut', 'Shave', 'Wash'],
          },
          { field: { path: 'p', title: 'Paid' }, relation: 'TRUE', not: true },
        ],
      }),
      'When *Appointment is about to start*, if *service is Haircut, Shave or Wash* and *paid is no*, notify *the team*',
    ],
    ['once', calendar({ start: nine }), '*Once, on 14 May 2030 at 09:00*, notify *the team*'],
    ['daily', calendar({ start: nine, every: 1, unit: 'DAYS' }), '*Every day at 09:00*, notify *the team*'],
    [
      'weekly',
      calendar({ start: nine, every: 2, unit: 'WEEKS' }),
      '*Every 2 weeks, on Tuesday at 09:00*, notify *the team*',
    ],
    ['by cron', calendar({ start: nine, cron: '0 9 * * 1' }), '*On a schedule*, notify *the team*'],
    ['by webhook', with_({ kind: 'WEBHOOK' }), '*When its webhook is called*, notify *the team*'],
  ])('%s', (_, digest, want) => expect(told(digest)).toBe(want))

  test('that nobody chose yet', () => {
    expect(told({ roots: [], steps: [] })).toBe('No trigger yet, nothing happens yet')
  })
})

describe('conditions', () => {
  const field = { path: 'starts_at' }
  test.each<[Condition, string]>([
    [{ field: size, relation: 'AT_MOST', values: [1000.5] }, 'party size is at most 1,000.5'],
    [{ field: size, relation: 'AT_MOST', not: true, values: [3] }, 'party size is over 3'],
    [{ field, relation: 'BEFORE', values: ['2030-05-12'] }, 'starts at is before 12 May 2030'],
    [{ field, relation: 'EMPTY', not: true }, 'starts at is given'],
    [
      { field: { path: 'vip', title: 'VIP code' }, relation: 'STARTS_WITH', values: ['A'] },
      'VIP code starts with A',
    ],
    [{ field: size, relation: 'EQUALS', items: 'EVERY', values: [2] }, 'each of party size is 2'],
    [{ relation: 'FORMULA', expression: '{{and(var("a");var("b"))}}' }, 'a formula holds'],
    [
      { field: size, relation: 'EQUALS', values: ['<b>{{t}} $1 \\u0001'] },
      'party size is <b>{{t}} $1 \\u0001',
    ],
  ])('%j', (condition, want) =>
    expect(told(of([when([condition]), notify]))).toBe(
      `When *Appointment is about to start*, if *${want}*, notify *the team*`,
    ),
  )

  test('are joined as they are meant', () => {
    const step = when([over8], {
      conditions: [
        { all: true, conditions: [over8, { field: { path: 'p', title: 'Paid' }, relation: 'TRUE' }] },
        { all: false, conditions: [{ field: { path: 'v', title: 'VIP' }, relation: 'TRUE' }] },
      ],
    })
    expect(told(of([step, notify]))).toContain('if *party size is over 8 and paid is yes or VIP is yes*')
  })
})
