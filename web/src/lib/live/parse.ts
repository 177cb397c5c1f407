/** One message of a text/event-stream. */
export type StreamMessage = { id: string; event: string; data: string }

/**
 * Reads a text/event-stream piece by piece, wherever the pieces are cut. `read` gives the
 * messages that a piece completes. Comments and what else is no message are passed over.
 *
 * Source: the HTML standard, "Interpreting an event stream".
 */
export class StreamReader {
  private rest = ''
  private event = ''
  private data: string[] = []
  private id = ''

  read(piece: string): StreamMessage[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.line(line) ?? [])
  }

  private line(line: string): StreamMessage | undefined {
    if (line === '') return this.complete()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.event = value
    else if (field === 'data') this.data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.id = value
    return undefined
  }

  private complete(): StreamMessage | undefined {
    const message = { id: this.id, event: this.event || 'message', data: this.data.join('\n') }
    const whole = this.data.length > 0
    this.event = ''
    this.data = []
    return whole ? message : undefined
  }
}
