import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp, h, type App } from 'vue'
import VirtualList from './VirtualList.vue'

let app: App | undefined
const host = document.createElement('div')
beforeEach(() => {
  host.style.cssText = 'height: 400px; width: 600px'
  document.body.append(host)
})
afterEach(() => {
  app?.unmount()
  host.remove()
})

const frame = () => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))

describe('a list of ten thousand rows', () => {
  const rows = Array.from({ length: 10_000 }, (_, at) => ({ id: `row ${at}` }))
  const box = () => host.querySelector<HTMLElement>('[role=list]')!
  const there = () => [...host.querySelectorAll<HTMLElement>('[role=listitem]')]

  beforeEach(async () => {
    app = createApp({
      render: () =>
        h(
          VirtualList<(typeof rows)[number]>,
          { items: rows, rowHeight: 40, label: 'Rows', keyOf: row => row.id, style: 'height: 400px; overflow: auto' },
          { default: ({ item }: { item: { id: string } }) => h('button', item.id) },
        ),
    })
    app.mount(host)
    await frame()
  })

  it('has only those in view, and tells how many there are', async () => {
    expect(there().length).toBeLessThan(40)
    expect(there()[0]?.ariaSetSize).toBe('10000')
    expect(box().scrollHeight).toBe(400_000)
    box().scrollTop = 200_000
    await frame()
    expect(there().length).toBeLessThan(40)
    expect(there().map(row => row.textContent)).toContain('row 5000')
  })

  it('is walked with arrow keys, Home and End', async () => {
    const press = async (key: string) => {
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      await frame()
    }
    there()[0]!.querySelector('button')!.focus()
    await press('ArrowDown')
    expect(document.activeElement?.textContent).toBe('row 1')
    await press('End')
    expect(document.activeElement?.textContent).toBe('row 9999')
    await press('ArrowUp')
    expect(document.activeElement?.textContent).toBe('row 9998')
    await press('Home')
    expect(document.activeElement?.textContent).toBe('row 0')
  })
})
