import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'

export type Fetch = typeof globalThis.fetch

/** Where a companion is, and how it is asked. */
export interface Line {
  /** Its origin; empty when it is the page's own. */
  readonly base: string
  readonly fetch: Fetch
}

const nobody = (cause?: unknown) =>
  new SeamError('offline', 'The companion doesn’t answer. Start it with “npm start” and try again.', {
    ...(cause === undefined ? {} : { cause }),
  })

/** A request that may be taken back. */
export const withSignal = (signal?: AbortSignal): RequestInit => (signal ? { signal } : {})

/** A request with a body in JSON. */
export const withJson = (method: string, body: unknown, signal?: AbortSignal): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...withSignal(signal),
})

/** The page's own mark on requests that change something: no form and no foreign page can set it. */
const MARK = { 'x-voxloom': '1' }

/** Whether this is what a companion answers with when it does not do as it was asked. */
export function isErrorData(body: unknown): body is ErrorData {
  const { code, message } = (body ?? {}) as Partial<ErrorData>
  return typeof code === 'string' && typeof message === 'string'
}

/** What the body says went wrong, or what the status can only mean. */
async function failureOf(response: Response): Promise<SeamError> {
  const body: unknown = await response.json().catch(() => undefined)
  if (isErrorData(body)) {
    return fromErrorData({ ...body, retryable: body.retryable === true, details: body.details ?? {} })
  }
  if (response.status === 401 || response.status === 403) {
    return new SeamError('refused', 'The companion doesn’t know this page: open the address that it printed.')
  }
  // A static host, or a proxy with nobody behind it.
  return nobody()
}

/**
 * Asks the companion.
 * @param path with its leading slash
 * @throws SeamError offline when nobody answers, cancelled, or what the companion says
 */
export async function ask({ base, fetch }: Line, path: string, init: RequestInit = {}): Promise<Response> {
  const reads = init.method === undefined || init.method === 'GET'
  let response: Response
  try {
    response = await fetch(base + path, {
      cache: 'no-store',
      ...init,
      headers: { ...(reads ? {} : MARK), ...(init.headers as Record<string, string> | undefined) },
    })
  } catch (error) {
    if (init.signal?.aborted) throw new SeamError('cancelled', 'The question was taken back.', { cause: error })
    throw nobody(error)
  }
  if (!response.ok) throw await failureOf(response)
  return response
}

/** The same for an answer in JSON. A static host answers any address with its page: then there is no companion. */
export async function askJson<T>(line: Line, path: string, init?: RequestInit): Promise<T> {
  const response = await ask(line, path, init)
  if (!response.headers.get('content-type')?.includes('json')) throw nobody()
  try {
    return (await response.json()) as T
  } catch (error) {
    if (init?.signal?.aborted) throw new SeamError('cancelled', 'The question was taken back.', { cause: error })
    throw nobody(error)
  }
}
