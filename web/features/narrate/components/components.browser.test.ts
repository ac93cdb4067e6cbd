import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, reactive, type App } from 'vue'
import type { Paragraph } from '#protocol/projects.ts'
import type { GutterMark } from '../editor/gutter.ts'
import type { Light } from '../editor/lights.ts'
import TextEditor, { type Lit } from './TextEditor.vue'

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

describe('the text of a chapter', () => {
  const dark: Record<Light, readonly Lit[]> = { rendering: [], suspect: [], problem: [], sentence: [], word: [] }
  const said: { paragraphs: Paragraph[]; tag: string | undefined }[] = []
  let scrolled = 0
  const props = reactive({
    paragraphs: [] as readonly Paragraph[],
    rewrites: 0,
    lit: dark,
    marks: new Map<string, GutterMark>() as ReadonlyMap<string, GutterMark>,
    follow: true,
  })

  function open(paragraphs: readonly Paragraph[]) {
    said.length = 0
    scrolled = 0
    Object.assign(props, { paragraphs, rewrites: 0, lit: dark, follow: true })
    app = createApp({
      render: () =>
        h(TextEditor, {
          ...props,
          chapter: 'c',
          label: 'Text',
          placeholder: 'Type here',
          onChange: (_chapter: string, next: Paragraph[], tag: string | undefined) => {
            said.push({ paragraphs: next, tag })
            props.paragraphs = next
          },
          onScrolled: () => scrolled++,
        }),
    })
    app.mount(host)
  }
  const text = () => host.querySelector<HTMLElement>('.narrate-text')!
  const type = (words: string) => document.execCommand('insertText', false, words)

  it('shows where to type until something is there', async () => {
    open([{ id: 'a', text: '' }])
    await nextTick()
    expect(host.querySelector('.narrate-placeholder')?.textContent).toBe('Type here')
    text().focus()
    getSelection()!.collapse(host.querySelector('p[data-id]'), 0)
    await frame()
    type('Hello')
    await vi.waitFor(() => expect(said.length).toBe(1))
    await nextTick()
    expect(host.querySelector('.narrate-placeholder')).toBeNull()
    expect(said.at(-1)?.paragraphs).toEqual([{ id: 'a', text: 'Hello' }])
  })

  it('takes an undo from outside without a change of its own', async () => {
    open([{ id: 'a', text: 'One.' }])
    props.paragraphs = [{ id: 'a', text: 'Before.' }]
    props.rewrites++
    await nextTick()
    expect(text().textContent).toBe('Before.')
    expect(said).toEqual([])
  })

  it('names paragraphs that came with one name', async () => {
    open([
      { id: 'a', text: 'One.' },
      { id: 'a', text: 'Two.' },
    ])
    await nextTick()
    props.paragraphs = [
      { id: 'a', text: 'One.' },
      { id: 'b', text: 'Two.' },
    ]
    await nextTick()
    const names = [...host.querySelectorAll<HTMLElement>('p[data-id]')].map(({ dataset }) => dataset['id'])
    expect(new Set(names).size).toBe(2)
  })

  it('follows the voice down the page, and tells when somebody scrolls', async () => {
    open(Array.from({ length: 300 }, (_, at) => ({ id: `p${at}`, text: `Paragraph number ${at}.` })))
    const scroller = host.querySelector<HTMLElement>('.narrate-scroller')!
    scroller.style.cssText = 'height: 400px; overflow: auto'
    await frame()
    props.lit = { ...dark, word: [{ paragraph: 'p250', from: 0, to: 9 }] }
    await frame()
    expect(scroller.scrollTop).toBeGreaterThan(1000)
    const spoken = host.querySelector<HTMLElement>('[data-id=p250]')!.getBoundingClientRect()
    const view = scroller.getBoundingClientRect()
    expect(spoken.top).toBeGreaterThan(view.top)
    expect(spoken.bottom).toBeLessThan(view.bottom)
    expect(String([...CSS.highlights.get('voxloom-word')!][0])).toBe('Paragraph')

    expect(scrolled).toBe(0)
    scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -50, bubbles: true }))
    expect(scrolled).toBe(1)
    props.follow = false
    scroller.scrollTop = 0
    props.lit = { ...dark, word: [{ paragraph: 'p251', from: 0, to: 9 }] }
    await frame()
    expect(scroller.scrollTop).toBe(0)
  })

  it('gives its highlights back when it goes', async () => {
    open([{ id: 'a', text: 'One two.' }])
    props.lit = { ...dark, word: [{ paragraph: 'a', from: 0, to: 3 }] }
    await nextTick()
    expect(CSS.highlights.has('voxloom-word')).toBe(true)
    app!.unmount()
    app = undefined
    expect(CSS.highlights.has('voxloom-word')).toBe(false)
  })
})
