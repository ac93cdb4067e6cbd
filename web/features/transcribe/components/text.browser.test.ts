import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, shallowReactive, type App } from 'vue'
import type { Place } from '../../../ui/text/places.ts'
import type { Block } from '../document.ts'
import type { Marks } from '../editor/marks.ts'
import type { Stretch } from '../words.ts'
import TranscriptText from './TranscriptText.vue'

let app: App | undefined
const host = document.createElement('div')
const dark = { found: [], current: [], spoken: [] as Stretch[] }
const props = shallowReactive({
  blocks: [] as readonly Block[],
  rewrites: 0,
  marks: new Map() as Marks,
  lit: dark,
  editable: true,
  follow: true,
})
const played: Place[] = []
const speakers: number[] = []
let toggled = 0
let left = 0

beforeEach(() => {
  host.style.cssText = 'height: 400px; width: 600px'
  document.body.append(host)
  played.length = speakers.length = toggled = left = 0
})
afterEach(() => {
  app?.unmount()
  host.remove()
})

async function open(blocks: readonly Block[], marks: Marks = new Map()) {
  Object.assign(props, { blocks, marks, rewrites: 0, lit: dark, editable: true, follow: true })
  app = createApp({
    render: () =>
      h(TranscriptText, {
        ...props,
        label: 'Transcript',
        onChange: (next: Block[]) => (props.blocks = next),
        onPlay: (place: Place) => played.push(place),
        onSpeaker: (index: number) => speakers.push(index),
        onToggle: () => toggled++,
        onLeave: () => left++,
      }),
  })
  app.mount(host)
  await nextTick()
}
const text = () => host.querySelector<HTMLElement>('.transcript-text')!
const paragraphs = () => [...host.querySelectorAll<HTMLElement>('p')]
/** The editor hears of it by an event. */
async function caret(paragraph: HTMLElement, offset: number) {
  const heard = new Promise(resolve => document.addEventListener('selectionchange', resolve, { once: true }))
  getSelection()!.collapse(paragraph.firstChild, offset)
  await heard
  await new Promise(resolve => requestAnimationFrame(resolve))
}
const press = (init: KeyboardEventInit) =>
  text().dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))

const MARK = { time: '0:42', speaker: 'Ada', colour: 1, doubts: [{ from: 4, to: 7, why: 'Not sure' }] }

it('shows who says it and when, and why a word is doubtful, without a letter of it in the text', async () => {
  await open([{ id: 'a', text: 'The cat sat.' }], new Map([['a', MARK]]))
  const [first] = paragraphs()
  expect(first?.dataset).toMatchObject({ time: '0:42', speaker: 'Ada' })
  expect(first?.classList.contains('speaker-1')).toBe(true)
  expect(text().textContent).toBe('The cat sat.')
  const doubt = host.querySelector<HTMLElement>('.doubt')
  expect([doubt?.textContent, doubt?.title]).toEqual(['cat', 'Not sure'])
  props.marks = new Map([['a', { ...MARK, speaker: '', doubts: [] }]])
  await nextTick()
  expect(host.querySelector('.doubt')).toBeNull()
  expect(paragraphs()[0]?.dataset['speaker']).toBe('')
})

it('keeps the speaker of what is split, and its light where the word is', async () => {
  await open([{ id: 'a', text: 'The cat sat.', speaker: 's1' }])
  text().focus()
  await caret(paragraphs()[0]!, 4)
  press({ key: 'Enter', code: 'Enter' })
  await vi.waitFor(() => expect(props.blocks.length).toBe(2))
  expect(props.blocks.map(({ text, speaker }) => [text, speaker])).toEqual([
    ['The ', 's1'],
    ['cat sat.', 's1'],
  ])
  const { id } = props.blocks[1]!
  props.lit = { ...dark, spoken: [{ paragraph: id, from: 0, to: 3 }] }
  await nextTick()
  expect(String([...CSS.highlights.get('voxloom-spoken')!][0])).toBe('cat')
})

it('leaves the caret where it is when its paragraph gets another speaker, or others come before it', async () => {
  await open([
    { id: 'a', text: 'The cat sat.' },
    { id: 'b', text: 'And ran.' },
  ])
  text().focus()
  await caret(paragraphs()[0]!, 5)
  props.blocks = [{ id: 'a', text: 'The cat sat.', speaker: 's1' }, props.blocks[1]!]
  await nextTick()
  expect([getSelection()?.anchorNode?.textContent, getSelection()?.anchorOffset]).toEqual(['The cat sat.', 5])
  props.blocks = [{ id: 'new', text: 'Before.' }, ...props.blocks]
  await nextTick()
  press({ key: 'Enter', code: 'Enter' })
  await vi.waitFor(() => expect(props.blocks.length).toBe(4))
  expect(props.blocks[1]).toMatchObject({ text: 'The c', speaker: 's1' })
})

it('gives the keys of the sound and of the speakers away, and lets nobody type while words come', async () => {
  await open([{ id: 'a', text: 'The cat sat.' }])
  text().focus()
  press({ key: 'Tab', code: 'Tab' })
  press({ key: '2', code: 'Digit2', altKey: true })
  press({ key: 'Enter', code: 'Enter', ctrlKey: true })
  press({ key: 'Escape', code: 'Escape' })
  expect([toggled, speakers, played.length, left]).toEqual([1, [1], 1, 1])
  props.editable = false
  await nextTick()
  expect(text().contentEditable).toBe('false')
  expect(text().getAttribute('aria-readonly')).toBe('true')
  props.blocks = [...props.blocks, { id: 'b', text: 'And ran.' }]
  await nextTick()
  expect(paragraphs().map(p => p.textContent)).toEqual(['The cat sat.', 'And ran.'])
})

it('lays ten thousand words out only where they are seen, and a key touches one paragraph', async () => {
  const many = Array.from({ length: 250 }, (_, at) => ({
    id: `p${at}`,
    text: 'forty words of speech '.repeat(10).trim(),
  }))
  const marks = new Map(many.map(({ id }) => [id, MARK]))
  await open(many, marks)
  const blocks = paragraphs()
  expect(blocks.length).toBe(250)
  expect(getComputedStyle(blocks[200]!).contentVisibility).toBe('auto')
  const touched: Node[] = []
  const observer = new MutationObserver(records => touched.push(...records.map(({ target }) => target)))
  text().focus()
  await caret(blocks[2]!, 3)
  observer.observe(text(), { subtree: true, childList: true, characterData: true })
  document.execCommand('insertText', false, 'x')
  await vi.waitFor(() => expect(props.blocks.filter((block, at) => block !== many[at]).length).toBe(1))
  await nextTick()
  touched.push(...observer.takeRecords().map(({ target }) => target))
  observer.disconnect()
  expect(touched.length).toBeGreaterThan(0)
  expect(touched.every(node => blocks[2]!.contains(node))).toBe(true)

  const scroller = host.querySelector<HTMLElement>('.transcript-scroller')!
  props.lit = { ...dark, spoken: [{ paragraph: 'p200', from: 0, to: 5 }] }
  await vi.waitFor(() => expect(scroller.scrollTop).toBeGreaterThan(1000))
})
