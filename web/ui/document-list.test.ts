import { describe, expect, it, vi } from 'vitest'
import { byOpened, byTitle, createDocumentList, createTrash, UNDO_FOR, type ListedDocument } from './document-list.ts'

const row = (id: string, title: string, day: number, more: Partial<ListedDocument> = {}): ListedDocument => ({
  id,
  title,
  updatedAt: `2026-01-0${day}T00:00:00.000Z`,
  ...more,
})

function listOf(
  rows: readonly ListedDocument[],
  follow: (listener: () => void) => Promise<() => void> = async () => () => {},
) {
  const read = vi.fn(async () => rows)
  const about = ({ title, opening = '' }: ListedDocument) => `${title} ${opening}`
  return { read, list: createDocumentList({ orders: { opened: byOpened, title: byTitle }, about, read, follow }) }
}

describe('a list', () => {
  it('is ordered by last use or by name, and searched by every word', async () => {
    const { list } = listOf([
      row('a', 'Talk 10', 1, { openedAt: '2026-02-01T00:00:00.000Z' }),
      row('b', 'talk 9', 3),
      row('c', '', 2, { opening: 'Äpfel und Birnen' }),
    ])
    await list.watch()
    const ids = () => list.shown.value.map(({ id }) => id)
    expect(ids()).toEqual(['a', 'b', 'c'])
    list.order.value = 'title'
    expect(ids()).toEqual(['c', 'b', 'a'])
    list.query.value = '  birnen ÄPFEL '
    expect(ids()).toEqual(['c'])
  })

  it('follows what changes elsewhere until it is left, also when that comes before it could begin', async () => {
    let tell = () => {}
    const ended = vi.fn()
    const ready = Promise.withResolvers<void>()
    const { list, read } = listOf([], async listener => {
      await ready.promise
      tell = listener
      return ended
    })
    const watching = list.watch()
    ready.resolve()
    await watching
    tell()
    expect(read).toHaveBeenCalledTimes(2)
    list.unwatch()
    expect(ended).toHaveBeenCalledOnce()

    const again = list.watch()
    list.unwatch()
    await again
    expect(ended).toHaveBeenCalledTimes(2)
  })

  it('that can not be read says why, and is read when it can', async () => {
    const { list, read } = listOf([row('a', 'A', 1)])
    read.mockRejectedValueOnce(new Error('closed'))
    await list.watch()
    expect(list.error.value?.message).toContain('closed')
    await list.refresh()
    expect(list.error.value).toBeUndefined()
    expect(list.rows.value).toHaveLength(1)
  })
})

it('what is removed is deleted when it can not be brought back any more', async () => {
  vi.useFakeTimers()
  const kept = { remove: vi.fn(async () => {}), restore: vi.fn(async () => {}), purge: vi.fn(async (_: number) => {}) }
  const trash = createTrash(async () => kept)
  const removedAt = Date.now()
  await trash.remove('a')
  await vi.advanceTimersByTimeAsync(UNDO_FOR)
  expect(kept.purge).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1000)
  expect(kept.purge.mock.calls[0]![0]).toBeGreaterThan(removedAt)
  vi.useRealTimers()
})
