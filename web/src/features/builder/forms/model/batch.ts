type Waiting<T, R> = { item: T; resolve: (result: R) => void; reject: (error: unknown) => void }

/**
 * A function that asks for one thing, and asks for all that is wanted within `wait`
 * milliseconds in one call, of at most `most` things. Results come in the order of the items.
 */
export function batched<T, R>(
  ask: (items: T[]) => Promise<R[]>,
  wait: number,
  most: number,
): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const now = waiting
    waiting = []
    ask(now.map((w) => w.item)).then(
      (results) => {
        now.forEach((w, i) => {
          w.resolve(results[i] as R)
        })
      },
      (error) => {
        for (const w of now) w.reject(error)
      },
    )
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (waiting.length >= most) flush()
      else timer ??= setTimeout(flush, wait)
    })
}
