/**
 * Tells a value that an editor is given apart from its own that comes back to it. While somebody types fast, what
 * was typed first comes back when more stands there already; to take that for a change would undo what was typed
 * since.
 */
export class Echo {
  private sent: string[] = []

  /** Notes what the editor says it holds now. */
  say(text: string): void {
    this.sent.push(text)
  }

  /** Whether a value was said here before; what was said earlier than it comes back no more. */
  returns(value: string): boolean {
    const at = this.sent.lastIndexOf(value)
    this.sent = at < 0 ? [] : this.sent.slice(at + 1)
    return at >= 0
  }
}
