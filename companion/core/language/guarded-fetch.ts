import type { HttpFetch } from '#engine/language/http.ts'
import { SeamError } from '#protocol/errors.ts'

/**
 * Node's `fetch` for one provider: it goes to addresses below `base` alone, and no redirect leads it to another, with or
 * without the key.
 */
export function guardedFetch(base: string): HttpFetch {
  return async (url, request) => {
    if (!url.startsWith(`${base}/`)) throw new SeamError('internal', 'Another address than the provider’s was asked.')
    const response = await fetch(url, { ...request, redirect: 'manual' })
    if (response.status < 300 || response.status >= 400) return response
    await response.body?.cancel()
    throw new SeamError(
      'refused',
      `${base} sends on to ${target(response.headers.get('location'), url)}, and was not followed. If that is the right address, put it in at Settings, Language models.`,
      { details: { status: response.status } },
    )
  }
}

function target(location: string | null, from: string): string {
  return location !== null && URL.canParse(location, from) ? new URL(location, from).origin : 'another address'
}
