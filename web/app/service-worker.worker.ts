import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'
import { CacheFirst } from 'workbox-strategies'
import { RESERVED_PATHS } from '#protocol/routes.ts'
import { SHARE_CACHE, SHARE_MAX_AGE, sharedForm } from './share-cache.ts'

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] }

const reserved: ReadonlySet<string> = new Set(RESERVED_PATHS)
const isReserved = (url: URL) => reserved.has(url.pathname.split('/')[1] ?? '')

/** A page from the cache must be as isolated as one from the server, or it loses its threads when offline. */
function isolated(response: Response): Response {
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

self.addEventListener('message', event => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
clientsClaim()
cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)

// Every room is the same page; the companion's own paths are never answered from here.
registerRoute(
  ({ request, url }) => request.mode === 'navigate' && request.method === 'GET' && !isReserved(url),
  async ({ request }) => {
    const page = await matchPrecache('/index.html')
    return page ? isolated(page) : fetch(request)
  },
)

// Large parts (ONNX Runtime's wasm, optional encoders) have hashes in their names: once fetched, never again. Weights
// are not here: the model store keeps those in a cache of its own, checked against their hashes.
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && !isReserved(url) && /^\/assets\/.+\.(wasm|mjs|js|onnx|bin|data)$/.test(url.pathname),
  new CacheFirst({
    cacheName: 'voxloom-assets',
    plugins: [
      {
        cacheWillUpdate: async ({ response }) => (response.status === 200 ? response : null),
        handlerWillRespond: async ({ response }) => isolated(response),
      },
    ],
  }),
)

/** Old builds' large files go when a new build takes over. */
async function dropUnused(): Promise<void> {
  const cache = await caches.open('voxloom-assets')
  for (const request of await cache.keys()) {
    const still = await fetch(request, { method: 'HEAD' }).catch(() => undefined)
    if (still?.status === 404) await cache.delete(request)
  }
  const shared = await caches.open(SHARE_CACHE)
  for (const request of await shared.keys()) {
    const response = await shared.match(request)
    const at = Number(response?.headers.get('X-Shared-At') ?? 0)
    if (Date.now() - at > SHARE_MAX_AGE) await shared.delete(request)
  }
}
self.addEventListener('activate', event => event.waitUntil(dropUnused()))

// The system's share sheet posts a form: it is kept as it came until the page has read it.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === '/studio/share',
  async ({ request }) => {
    const id = crypto.randomUUID()
    const headers = {
      'Content-Type': request.headers.get('Content-Type') ?? 'multipart/form-data',
      'X-Shared-At': String(Date.now()),
    }
    const cache = await caches.open(SHARE_CACHE)
    await cache.put(sharedForm(id), new Response(await request.blob(), { headers }))
    return Response.redirect(`/studio/share?id=${id}`, 303)
  },
  'POST',
)
