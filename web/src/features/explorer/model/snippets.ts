// How a program makes the very call that a page makes. The key is a placeholder: what a
// person is signed in with never stands in a snippet.

export type Call =
  | {
      kind: 'report'
      url: string
      site: string
      app: string
      trigger: string
      entity: string
      idempotencyKey: string
      payload: unknown
    }
  | { kind: 'cancel'; url: string; site: string; app: string; trigger: string; entity: string }

export const languages = ['curl', 'go', 'typescript'] as const
export type Language = (typeof languages)[number]

/** The source of a program that makes the call. */
export function snippet(call: Call, language: Language): string {
  return { curl, go, typescript }[language](call)
}

/** The body of the call, without what is not said. */
export function bodyOf(call: Call): Record<string, unknown> {
  const body: Record<string, unknown> = { triggerKey: call.trigger }
  if (call.kind === 'report') {
    if (call.idempotencyKey) body.idempotency = { key: call.idempotencyKey }
    if (call.entity) body.externalEntityId = call.entity
    body.payload = call.payload
  } else {
    body.externalEntityId = call.entity
  }
  if (call.app) body.appId = call.app
  return body
}

function curl(call: Call): string {
  const body = JSON.stringify(bodyOf(call), null, 2)
  return [
    `curl ${shellQuoted(`${call.url}/automations/v1/events/${call.kind}`)} \\`,
    '  --header "Authorization: $BELAY_KEY" \\',
    `  --header ${shellQuoted(`Belay-Site-Id: ${call.site}`)} \\`,
    "  --header 'Content-Type: application/json' \\",
    `  --data ${shellQuoted(body)}`,
  ].join('\n')
}

function go(call: Call): string {
  const fields: [string, string][] = [['TriggerKey', goQuoted(call.trigger)]]
  if (call.app) fields.push(['AppID', goQuoted(call.app)])
  if (call.entity) fields.push(['ExternalEntityID', goQuoted(call.entity)])
  if (call.kind === 'report') {
    if (call.idempotencyKey)
      fields.push(['Idempotency', `&api.Idempotency{Key: ${goQuoted(call.idempotencyKey)}}`])
    fields.push(['Payload', `json.RawMessage(${goRaw(JSON.stringify(call.payload, null, '\t'))})`])
  }
  const report = call.kind === 'report'
  const imports = [
    '"context"',
    ...(report ? ['"encoding/json"'] : []),
    '"fmt"',
    '"log"',
    '"os"',
    '',
    '"github.com/belay-events/belay/api"',
    '"github.com/belay-events/belay/client"',
  ]
  const width = Math.max(...fields.map(([name]) => name.length)) + 1
  return `package main

import (
${imports.map((line) => (line ? `\t${line}` : '')).join('\n')}
)

func main() {
	belay := client.New(${goQuoted(call.url)}, client.Credentials{
		Key:    os.Getenv("BELAY_KEY"),
		SiteID: ${goQuoted(call.site)},
	})
	done, err := belay.${report ? 'Report' : 'Cancel'}(context.Background(), api.${report ? 'ReportEventRequest' : 'CancelEventRequest'}{
${fields.map(([name, value]) => `\t\t${`${name}:`.padEnd(width)} ${value},`).join('\n')}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(${report ? 'done.EventID, done.ActivationIDs' : 'done.CanceledActivations, done.InFlightActions'})
}
`
}

function typescript(call: Call): string {
  const body = JSON.stringify(bodyOf(call), null, 2).replace(/\n/g, '\n  ')
  return `const response = await fetch(${quoted(`${call.url}/automations/v1/events/${call.kind}`)}, {
  method: 'POST',
  headers: {
    Authorization: process.env.BELAY_KEY ?? '',
    'Belay-Site-Id': ${quoted(call.site)},
    'Content-Type': 'application/json',
  },
  body: JSON.stringify(${body}),
})
if (!response.ok) throw new Error(await response.text())
console.log(await response.json())
`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

// A string of JSON is one of Go and of TypeScript too.
function goQuoted(text: string): string {
  return JSON.stringify(text)
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function goRaw(text: string): string {
  return text.includes('`') ? goQuoted(text) : `\`${text}\``
}
