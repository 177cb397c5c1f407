import type { ApiError } from '@/lib/api/error'

/** What has become of the latest changes. */
export type SaveState =
  | { kind: 'saved' | 'dirty' | 'saving' | 'offline' | 'conflict' }
  | { kind: 'refused'; error: ApiError }

/** Why a draft could not be written: the server is away, somebody else has written it, or it refuses. */
export type Failure = Exclude<SaveState, { kind: 'saved' | 'dirty' | 'saving' }>

type Ways<T, At> = {
  /** Writes a document to a place, and returns the place as it is then. */
  write: (at: At, document: T) => Promise<At>
  /** What an error of writing means. */
  failure: (thrown: unknown) => Failure
  /** Is told of each new state. */
  onState: (state: SaveState) => void
}

/** How long nothing must change before it is saved, and before what failed is tried again. */
export const pause = 700
export const again = 4000

/**
 * Keeps a document on the server, a moment after each change: one write at a time, each
 * on top of the one before it. A conflict stays until it is decided, a refusal until
 * something changes; a server that is away is asked again.
 */
export class Keeper<T, At> {
  /** Where the document is kept now. */
  at: At
  #latest: T
  #saved: T
  #state: SaveState = { kind: 'saved' }
  #writing: Promise<boolean> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #ways: Ways<T, At>

  constructor(document: T, at: At, ways: Ways<T, At>) {
    this.#latest = document
    this.#saved = document
    this.at = at
    this.#ways = ways
  }

  /** Whether the server has all of it. */
  get done(): boolean {
    return this.#latest === this.#saved
  }

  /** Takes a change in, to be saved after a pause. */
  take(document: T): void {
    if (document === this.#latest) return
    this.#latest = document
    // A write under way takes it up when it ends.
    if (this.#writing || this.#state.kind === 'conflict') return
    this.#say({ kind: this.done ? 'saved' : 'dirty' })
    this.#wait(pause)
  }

  /** Saves what there is to save now, and says whether all is saved. */
  flush(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  /** Has what is here written from another place, such as one that holds no revision against it. */
  overwrite(at: At): Promise<boolean> {
    this.at = at
    return this.flush()
  }

  /** Takes a document as what the server has, at a place. */
  settle(document: T, at: At): void {
    clearTimeout(this.#timer)
    this.at = at
    this.#latest = document
    this.#saved = document
    this.#say({ kind: 'saved' })
  }

  async #write(): Promise<boolean> {
    while (!this.done) {
      const sent = this.#latest
      this.#say({ kind: 'saving' })
      try {
        this.at = await this.#ways.write(this.at, sent)
        this.#saved = sent
      } catch (thrown) {
        const failure = this.#ways.failure(thrown)
        this.#say(failure)
        if (failure.kind === 'offline') this.#wait(again)
        else if (failure.kind === 'refused' && this.#latest !== sent) continue
        return false
      }
    }
    if (this.#state.kind !== 'saved') this.#say({ kind: 'saved' })
    return true
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.done) this.#timer = setTimeout(() => void this.flush(), ms)
  }

  #say(state: SaveState): void {
    this.#state = state
    this.#ways.onState(state)
  }
}
