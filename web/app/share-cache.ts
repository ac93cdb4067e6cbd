/** Where the service worker leaves what the system's share sheet posted, until the page takes it. */
export const SHARE_CACHE = 'voxloom-shared'

/** Addresses inside the cache; nothing is ever fetched from them. */
export const sharedForm = (id: string): string => `/studio/share/${id}/form`

/** Names of the form's fields; the manifest's `share_target.params` says the same. */
export const SHARE_FIELDS = { title: 'title', text: 'text', url: 'url', files: 'files' } as const

/** A day: shares that were never taken are thrown away after that. */
export const SHARE_MAX_AGE = 24 * 60 * 60 * 1000
