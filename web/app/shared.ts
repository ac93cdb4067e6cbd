import type { Incoming } from '../ui/incoming.ts'
import { SHARE_CACHE, SHARE_FIELDS, sharedForm } from './share-cache.ts'

/** What was shared under `id`, once; empty when it was taken before. */
export async function takeShared(id: string): Promise<readonly Incoming[]> {
  const cache = await caches.open(SHARE_CACHE)
  const response = await cache.match(sharedForm(id))
  if (!response) return []
  const form = await response.formData()
  await cache.delete(sharedForm(id))
  const word = (name: string) => {
    const value = form.get(name)
    return typeof value === 'string' ? value : ''
  }
  return [
    {
      title: word(SHARE_FIELDS.title),
      text: [word(SHARE_FIELDS.text), word(SHARE_FIELDS.url)].filter(Boolean).join('\n'),
      files: form.getAll(SHARE_FIELDS.files).filter(value => value instanceof File),
    },
  ]
}
