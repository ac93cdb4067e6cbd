import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { QUESTION, testLanguageModel } from '../../../../tests/conformance/language.ts'
import { REVISION, type Fault } from '../../../storage/testing/hub-client.ts'
import type { BrowserModel } from './catalogue.ts'
import { createBrowserModel } from './client.page.ts'
import { tinyModel } from './testing/tiny-model.ts'

const ANSWER = 'Twelve boats came in before the bell and every one of them was late again'.split(' ')
const hub = `${inject('hub')}/`
const FILE = 'onnx/model.onnx'
let count = 0

/** A model of its own on the hub, and what can be done with it there. */
async function onHub() {
  const repo = `org/tiny-${Date.now()}-${count++}`
  const at = (path: string) => `${hub}control/${repo}/resolve/${REVISION}/${path}`
  for (const [path, body] of Object.entries(tinyModel(ANSWER))) await fetch(at(path), { method: 'PUT', body })
  const variant = { dtype: 'fp32', file: FILE, bytes: 1000 } as const
  const model: BrowserModel = {
    id: `browser:${repo}`,
    name: 'Tiny',
    repo,
    revision: REVISION,
    licence: 'CC0-1.0',
    webgpu: variant,
    wasm: variant,
  }
  return {
    model,
    fault: (path: string, ...faults: Fault[]) => fetch(at(path), { method: 'POST', body: JSON.stringify(faults) }),
    seen: async (path: string) => ((await (await fetch(at(path))).json()) as unknown[]).length,
  }
}

const open = (model: BrowserModel, mayDownload = true) =>
  createBrowserModel({ model, hub, mayDownload: () => mayDownload })

let tiny: ReturnType<typeof open>
beforeAll(async () => {
  tiny = open((await onHub()).model)
})
afterAll(() => tiny.remove())

testLanguageModel('a model in this browser', async () => {
  await tiny.download()
  return tiny
})

describe('a model in this browser', () => {
  it('is downloaded when that is asked for, kept, and deleted', async () => {
    const { model, seen } = await onHub()
    const mine = open(model)
    expect(await mine.health()).toMatchObject({ state: 'loading' })
    await expect(Array.fromAsync(mine.reply(QUESTION))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('has not been downloaded'),
    })
    expect(await seen(FILE)).toBe(0)
    const parts: number[] = []
    await mine.download({ onProgress: ({ done, total }) => parts.push(done / total!) })
    expect(parts.at(-1)).toBe(1)
    mine.close()
    expect(await mine.health()).toEqual({ state: 'ready', models: [] })
    const before = await seen(FILE)
    // Another start finds it here, also where the hub may not be asked.
    const again = open(model, false)
    expect((await Array.fromAsync(again.reply(QUESTION))).join('')).toBe(ANSWER.join(' '))
    expect((await Array.fromAsync(again.reply(QUESTION, { maxTokens: 3 }))).join('').trim()).toBe('Twelve boats came')
    expect(await seen(FILE)).toBe(before)
    await again.remove()
    expect(await again.health()).toMatchObject({ state: 'refused' })
    await expect(again.download()).rejects.toMatchObject({ code: 'refused' })
  })

  it('is told in words when the hub does not have it, or breaks off', async () => {
    const { model, fault } = await onHub()
    await expect(open({ ...model, repo: 'org/none' }).download()).rejects.toMatchObject({ code: 'not-found' })
    await fault(FILE, { cutAfter: 10, always: true })
    await expect(open(model).download()).rejects.toMatchObject({ code: 'offline' })
    expect(await open(model).health()).toMatchObject({ state: 'loading' })
  })

  it('is given up when the download is stopped', async () => {
    const { model, fault } = await onHub()
    await fault(FILE, { holdAfter: 10, always: true })
    const abort = new AbortController()
    const mine = open(model)
    const downloading = mine.download({ signal: abort.signal })
    setTimeout(() => abort.abort(), 300)
    await expect(downloading).rejects.toMatchObject({ code: 'cancelled' })
    expect(await mine.health()).toMatchObject({ state: 'loading' })
  })
})
