import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'

export type Fetch = typeof globalThis.fetch

const nobody = (cause?: unknown) =>
  new SeamError('offline', 'The companion doesn’t answer. Start it with “npm start” and try again.', {
    ...(cause === undefined ? {} : { cause }),
  })

/** The page's own mark on requests that change something: no form and no foreign page can set it. */
const MARK = { 'x-voxloom': '1' }

/** What the body says went wrong, or what the status can only mean. */
async function failureOf(response: Response): Promise<SeamError> {
  const body: unknown = await response.json().catch(() => undefined)
  const { code, message, retryable, details } = (body ?? {}) as Partial<ErrorData>
  if (typeof code === 'string' && typeof message === 'string') {
    return fromErrorData({ code, message, retryable: retryable === true, details: details ?? {} })
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
export async function ask(fetch: Fetch, path: string, init: RequestInit = {}): Promise<Response> {
  const reads = init.method === undefined || init.method === 'GET'
  let response: Response
  try {
    response = await fetch(path, {
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
export async function askJson<T>(fetch: Fetch, path: string, init?: RequestInit): Promise<T> {
  const response = await ask(fetch, path, init)
  if (!response.headers.get('content-type')?.includes('json')) throw nobody()
  try {
    return (await response.json()) as T
  } catch (error) {
    if (init?.signal?.aborted) throw new SeamError('cancelled', 'The question was taken back.', { cause: error })
    throw nobody(error)
  }
}
