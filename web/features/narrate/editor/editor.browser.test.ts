import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Editor } from '@tiptap/core'
import { TextSelection } from '@tiptap/pm/state'
import type { Paragraph } from '#protocol/projects.ts'
import { createEditor } from './create.ts'
import { gradient, setGutter } from './gutter.ts'
import { createLights } from '../../../ui/text/lights.ts'
import { LIGHTS } from './lights.ts'
import { placeAt, positionOf, stretchOf } from '../../../ui/text/places.ts'
import { toParagraphs } from './schema.ts'
import { applyParagraphs } from './sync.ts'
import './editor.css'

const TEXT: Paragraph[] = [
  { id: 'one', text: 'The first paragraph. It has two sentences.' },
  { id: 'two', text: 'A second one.', voice: [{ id: 'am_adam', weight: 1 }] },
  { id: 'three', text: '' },
]

let editor: Editor
let said: { paragraphs: Paragraph[]; tag: string | undefined }[]
let played: { paragraph: string; offset: number }[]
let undone: number
const host = document.createElement('div')

function open(paragraphs: readonly Paragraph[]) {
  editor = createEditor({
    element: host,
    paragraphs,
    label: 'Text',
    onChange: (next, tag) => said.push({ paragraphs: next, tag }),
    onCaret: () => undefined,
    onUndo: () => undone++,
    onRedo: () => undefined,
    onPlay: place => played.push(place),
  })
}

function caret(paragraph: string, offset: number) {
  const at = positionOf(editor.state.doc, { paragraph, offset })!
  editor.view.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.state.doc, at)))
}

function paste(data: Record<string, string>) {
  const clipboard = new DataTransfer()
  for (const [type, text] of Object.entries(data)) clipboard.setData(type, text)
  editor.view.dom.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }),
  )
}

const ids = () => toParagraphs(editor.state.doc).map(({ id }) => id)
const texts = () => toParagraphs(editor.state.doc).map(({ text }) => text)

beforeEach(() => {
  document.body.append(host)
  said = []
  played = []
  undone = 0
  open(TEXT)
})
afterEach(() => {
  editor.destroy()
  host.replaceChildren()
  host.remove()
})

describe('paragraphs and the document', () => {
  it('are the same both ways, and opening changes nothing', () => {
    expect(toParagraphs(editor.state.doc)).toEqual(TEXT)
    expect(said).toEqual([])
    expect([...host.querySelectorAll('p')].map(p => p.dir)).toEqual(['auto', 'auto', 'auto'])
  })

  it('turns line breaks and NUL inside a paragraph into spaces', () => {
    editor.destroy()
    open([{ id: 'x', text: 'a\u0000b\nc' }])
    expect(texts()).toEqual(['a b c'])
  })
})

describe('names of paragraphs', () => {
  it('stay while text is typed, and others keep their identity', () => {
    caret('one', 4)
    editor.view.dispatch(editor.state.tr.insertText('very '))
    expect(ids()).toEqual(['one', 'two', 'three'])
    expect(said.at(-1)?.tag).toBe('text one')
    expect(said.at(-1)?.paragraphs[0]?.text).toBe('The very first paragraph. It has two sentences.')
    expect(said.at(-1)?.paragraphs[1]).toBe(TEXT[1])
  })

  it('are made for what a split leaves, and kept by the first half', () => {
    caret('one', 20)
    editor.commands.splitBlock()
    const [first, second, ...rest] = ids()
    expect(first).toBe('one')
    expect(second).not.toBe('one')
    expect(second).toBeTruthy()
    expect(rest).toEqual(['two', 'three'])
    expect(said.at(-1)?.paragraphs.map(({ id }) => id)).toEqual(ids())
  })

  it('are unique after a paragraph is pasted twice', () => {
    for (let time = 0; time < 2; time++) {
      caret('three', 0)
      paste({ 'text/html': '<p data-id="one">again</p><p data-id="one">and again</p>' })
    }
    expect(new Set(ids()).size).toBe(ids().length)
    expect(ids().every(id => /^[a-z0-9]+$/.test(id))).toBe(true)
  })
})

describe('paste', () => {
  beforeEach(() => caret('three', 0))

  it('keeps the words of a web page and drops the rest', () => {
    paste({
      'text/html':
        '<h1>Title</h1><script>alert(1)</script><p style="color:red">A <b>bold</b>\u00a0word<br>and a\u00ad line.</p><ul><li>Point</li></ul><img src="x">',
    })
    expect(texts().slice(2)).toEqual(['Title', 'A bold word', 'and a line.', 'Point'])
    expect(host.querySelector('b, h1, img, li, script')).toBeNull()
  })

  it('joins wrapped lines where blank lines part paragraphs', () => {
    paste({ 'text/plain': 'One line\nof a paragraph.\r\n\r\nAnother\none.' })
    expect(texts().slice(2)).toEqual(['One line of a paragraph.', 'Another one.'])
  })

  it('takes each line as a paragraph where there are no blank ones', () => {
    paste({ 'text/plain': 'One\nTwo\nThree' })
    expect(texts().slice(2)).toEqual(['One', 'Two', 'Three'])
  })

  it('is a step of its own for undo', () => {
    paste({ 'text/plain': 'Pasted' })
    expect(said.at(-1)?.tag).toBeUndefined()
  })
})

describe('text from the store', () => {
  it('replaces only what differs and does not come back as a change', () => {
    const [first, second] = host.querySelectorAll('p')
    applyParagraphs(editor, [TEXT[0]!, { ...TEXT[1]!, text: 'A second paragraph.' }, TEXT[2]!], true)
    expect(texts()[1]).toBe('A second paragraph.')
    expect(host.querySelectorAll('p')[0]).toBe(first)
    expect(host.querySelectorAll('p')[1]).toBe(second)
    expect(said).toEqual([])
    expect(placeAt(editor.state.doc, editor.state.selection.from)?.paragraph).toBe('two')
  })

  it('handles repeats at the edge of the change', () => {
    const repeat = (text: string) => [{ id: 'r', text }]
    applyParagraphs(editor, repeat('aa'), false)
    for (const text of ['aaa', 'aaaaa', 'aa', 'a', '', 'aba', 'abaaba', 'ab']) {
      applyParagraphs(editor, repeat(text), false)
      expect(texts()).toEqual([text])
    }
  })

  it('adds, removes and moves paragraphs', () => {
    const orders = [[2, 0, 1], [1], [0, 1, 2], [2, 1, 0], [0, 2]]
    for (const order of orders) {
      const next = order.map(at => TEXT[at]!)
      applyParagraphs(editor, next, false)
      expect(toParagraphs(editor.state.doc)).toEqual(next)
    }
  })
})

describe('keys', () => {
  const press = (init: KeyboardEventInit) =>
    editor.view.dom.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))

  it('play from the caret with Ctrl+Enter and undo through the store', () => {
    caret('two', 2)
    press({ key: 'Enter', code: 'Enter', ctrlKey: true })
    expect(played).toEqual([{ paragraph: 'two', offset: 2 }])
    expect(texts()).toEqual(TEXT.map(({ text }) => text))
    press({ key: 'z', code: 'KeyZ', ctrlKey: true })
    expect(undone).toBe(1)
    editor.view.dom.dispatchEvent(
      new InputEvent('beforeinput', { inputType: 'historyUndo', bubbles: true, cancelable: true }),
    )
    expect(undone).toBe(2)
  })
})

describe('lights', () => {
  it('paint a word without touching the document’s elements', () => {
    const before = host.innerHTML
    const lights = createLights(editor.view, LIGHTS)
    lights.set('word', [stretchOf(editor.state.doc, 'one', 4, 9)!])
    const [range] = [...CSS.highlights.get('voxloom-word')!] as Range[]
    expect(range?.toString()).toBe('first')
    expect(host.innerHTML).toBe(before)
    lights.set('word', [])
    expect(CSS.highlights.has('voxloom-word')).toBe(false)
    lights.set('sentence', [stretchOf(editor.state.doc, 'two', 0, 99)!])
    expect(String([...CSS.highlights.get('voxloom-sentence')!][0])).toBe('A second one.')
    lights.close()
    expect(CSS.highlights.has('voxloom-sentence')).toBe(false)
  })

  it('are decorations where the browser has no highlights', () => {
    const lights = createLights(editor.view, LIGHTS, { useHighlights: false })
    lights.set('word', [stretchOf(editor.state.doc, 'one', 4, 9)!])
    expect(host.querySelector('.light-word')?.textContent).toBe('first')
    caret('one', 0)
    editor.view.dispatch(editor.state.tr.insertText('Oh, '))
    expect(host.querySelector('.light-word')?.textContent).toBe('first')
    lights.set('word', [])
    expect(host.querySelector('.light-word')).toBeNull()
    lights.close()
  })
})

describe('gutter', () => {
  it('gives each sentence its share of the bar', () => {
    const mark = {
      sentences: [
        { from: 0, to: 20, state: 'ready' as const },
        { from: 21, to: 40, state: 'waiting' as const },
      ],
      speaker: 'Adam',
    }
    setGutter(editor.view, new Map([['one', mark]]))
    const first = host.querySelector<HTMLElement>('p')!
    host.style.cssText = '--ui-success: green; --ui-border-accented: grey'
    expect(first.style.getPropertyValue('--gutter')).toBe(gradient(mark))
    expect(first.dataset['speaker']).toBe('Adam')
    expect(gradient(mark)).toContain('var(--gutter-ready) 0.0% calc(50.0% - 2px)')
    expect(getComputedStyle(first, '::before').backgroundImage).toContain('linear-gradient')
    expect(said).toEqual([])
  })
})

describe('ten thousand sentences', () => {
  const many: Paragraph[] = Array.from({ length: 2500 }, (_, at) => ({
    id: `p${at}`,
    text: `Sentence one of ${at}. And the second, a little longer. The third? A fourth, which ends the paragraph.`,
  }))

  it('are laid out only where they are seen, and a key touches one paragraph', () => {
    editor.destroy()
    host.style.cssText = 'height: 600px; overflow: auto'
    open(many)
    const blocks = host.querySelectorAll('p')
    expect(blocks.length).toBe(2500)
    expect(getComputedStyle(blocks[2000]!).contentVisibility).toBe('auto')
    expect(blocks[0]!.checkVisibility({ contentVisibilityAuto: true })).toBe(true)

    const touched: Node[] = []
    const observer = new MutationObserver(records => touched.push(...records.map(({ target }) => target)))
    observer.observe(editor.view.dom, { subtree: true, childList: true, characterData: true, attributes: true })
    caret('p1200', 3)
    editor.view.dispatch(editor.state.tr.insertText('x'))
    touched.push(...observer.takeRecords().map(({ target }) => target))
    observer.disconnect()
    expect(touched.length).toBeGreaterThan(0)
    expect(touched.every(node => blocks[1200]!.contains(node))).toBe(true)
    expect(said.at(-1)?.paragraphs.filter((paragraph, at) => paragraph !== many[at]).length).toBe(1)
  })
})
