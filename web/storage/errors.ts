import { SeamError, toSeamError } from '#protocol/errors.ts'

/** Bytes the browser still grants us; undefined when it doesn't tell. */
export async function freeBytes(): Promise<number | undefined> {
  try {
    const { quota, usage } = await navigator.storage.estimate()
    return quota === undefined ? undefined : Math.max(0, quota - (usage ?? 0))
  } catch {
    return undefined
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/**
 * `quota`, with `details.need` and `details.free`, bytes, as far as they are known. What browsers say is free is often a
 * round figure against fingerprinting: when it would have been enough, it is left out.
 */
export async function quotaError(what: string, need?: number, cause?: unknown): Promise<SeamError> {
  const told = need === undefined ? undefined : await freeBytes()
  const free = told !== undefined && told < need! ? told : undefined
  const figures = [
    need === undefined ? undefined : `${megabytes(need)} are needed`,
    free === undefined ? undefined : `${megabytes(free)} are free`,
  ].filter(part => part !== undefined)
  return new SeamError(
    'quota',
    `There is no room left in this browser’s storage for ${what}${figures.length > 0 ? ` (${figures.join(', ')})` : ''}. ` +
      'What was stored before is kept; remove a model or some rendered sound, then try again.',
    { cause, details: { ...(need === undefined ? {} : { need }), ...(free === undefined ? {} : { free }) } },
  )
}

export function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError'
}

/** `error` as a SeamError; running out of room gets its figures. @param what what was being stored, for the sentence */
export async function storageError(error: unknown, what: string, need?: number): Promise<SeamError> {
  if (isQuota(error)) return quotaError(what, need, error)
  // The browser's doing: whoever cancels through a signal never gets here.
  if (error instanceof Error && error.name === 'AbortError') {
    return new SeamError(
      'internal',
      `The browser broke off storing ${what}. What was stored before is kept; try again.`,
      {
        cause: error,
        retryable: true,
      },
    )
  }
  return toSeamError(error)
}

/**
 * Waits for requests and their transaction. When it aborts, each request only says so; the reason, such as a full disk,
 * is the transaction's.
 */
export async function settled(
  tx: { readonly done: Promise<void>; readonly error: DOMException | null },
  requests: readonly Promise<unknown>[],
): Promise<void> {
  try {
    await Promise.all([...requests, tx.done])
  } catch (error) {
    throw tx.error ?? error
  }
}

/** @throws SeamError cancelled */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: signal.reason })
}
