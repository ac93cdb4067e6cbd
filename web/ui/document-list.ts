import { computed, ref, shallowRef, type Ref } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'

/** Milliseconds in which something that was deleted can be brought back. */
export const UNDO_FOR = 15_000

/** What every row of a list has. */
export interface ListedDocument {
  readonly id: string
  /** Empty until the user gives it one. */
  readonly title: string
  /** The first words, to know it by while it has no title. */
  readonly opening?: string
  /** ISO 8601, UTC. */
  readonly updatedAt: string
  readonly openedAt?: string
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const nameOf = ({ title, opening = '' }: ListedDocument) => title || opening
const lastSeen = ({ openedAt, updatedAt }: ListedDocument) => openedAt ?? updatedAt

export const byTitle = (a: ListedDocument, b: ListedDocument) => collator.compare(nameOf(a), nameOf(b))
export const byOpened = (a: ListedDocument, b: ListedDocument) => lastSeen(b).localeCompare(lastSeen(a))
export const byChanged = (a: ListedDocument, b: ListedDocument) => b.updatedAt.localeCompare(a.updatedAt)

interface ListOf<Row, Order extends string> {
  /** How it may be ordered; the first at the beginning. */
  readonly orders: Readonly<Record<Order, (a: Row, b: Row) => number>>
  /** The text of a row that a search looks at. */
  about(row: Row): string
  read(): Promise<readonly Row[]>
  /** Calls back when something changed elsewhere. @returns an end to it */
  follow(listener: () => void): Promise<() => void>
}

/** Rows of a room's list: read, searched, ordered, and followed while it is shown. For a store's setup. */
export function createDocumentList<Row extends ListedDocument, Order extends string>(of: ListOf<Row, Order>) {
  const { orders, about } = of
  const names = Object.keys(orders) as Order[]
  const rows = shallowRef<readonly Row[]>([])
  const loaded = ref(false)
  const error = shallowRef<SeamError>()
  const query = ref('')
  const order = ref(names[0]!) as Ref<Order>

  const shown = computed(() => {
    const words = query.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const found = rows.value.filter(row => {
      const text = about(row).toLocaleLowerCase()
      return words.every(word => text.includes(word))
    })
    return found.sort(orders[order.value])
  })

  async function refresh(): Promise<void> {
    try {
      rows.value = await of.read()
      error.value = undefined
    } catch (cause) {
      error.value = toSeamError(cause)
    }
    loaded.value = true
  }

  /** Of the latest `watch`; an end to it. */
  let end: (() => void) | undefined

  function unwatch(): void {
    end?.()
    end = undefined
  }

  /** Reads the list, and follows other tabs until `unwatch`. */
  async function watch(): Promise<void> {
    unwatch()
    let over = false
    let unfollow: (() => void) | undefined
    end = () => {
      over = true
      unfollow?.()
    }
    try {
      unfollow = await of.follow(() => void refresh())
      if (over) unfollow()
    } catch {
      // Reading says why.
    }
    await refresh()
  }

  return {
    rows: computed(() => rows.value),
    shown,
    loaded: computed(() => loaded.value),
    error: computed(() => error.value),
    query,
    order,
    orders: names,
    watch,
    unwatch,
    refresh,
  }
}

interface Removable {
  remove(id: string): Promise<void>
  restore(id: string): Promise<void>
  /** Deletes those removed before `moment`, milliseconds since 1970. */
  purge(moment: number): Promise<void>
}

/** Removes what can be brought back for UNDO_FOR. */
export function createTrash(open: () => Promise<Removable>) {
  /** Deletes what can't be brought back any more. */
  const empty = async () => (await open()).purge(Date.now() - UNDO_FOR)
  return {
    empty,
    async remove(id: string): Promise<void> {
      await (await open()).remove(id)
      setTimeout(() => void empty().catch(() => undefined), UNDO_FOR + 1000)
    },
    bringBack: async (id: string): Promise<void> => (await open()).restore(id),
  }
}
