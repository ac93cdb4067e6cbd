import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INITIALIZE, spawnContract, type PipedContract } from './testing/pipes.ts'

let plugin: PipedContract
beforeEach(() => {
  plugin = spawnContract(join(import.meta.dirname, 'testing', 'echo.ts'))
})
afterEach(async () => {
  plugin.kill('SIGKILL')
  await plugin.exited
})

const start = (more: object = {}) => plugin.ask('start', 'initialize', { ...INITIALIZE, contract: 'echo', ...more })
const line = (message: object) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`

describe('a contract plugin on its pipes', () => {
  it.each([
    ['byte by byte', 1],
    ['all at once', undefined],
  ])('reads what comes %s, and prints nothing between its messages', async (_, slice) => {
    const text = '世界, and\nall'
    await plugin.send(
      line({ id: 1, method: 'initialize', params: { ...INITIALIZE, contract: 'echo', unknown: {} } }) +
        line({ id: 2, method: 'echo', params: { value: { text } } }).replace('\n', '\r\n'),
      slice,
    )
    expect(await plugin.next()).toMatchObject({ id: 1, result: { revision: 1, features: ['state'], status: 'READY' } })
    expect(await plugin.next()).toEqual({ jsonrpc: '2.0', id: 2, result: { text } })
    plugin.end()
    expect(await plugin.exited).toBe(0)
    expect(plugin.stdout().toString().trim().split('\n')).toHaveLength(2)
    for (const stray of ['a stray line', 'initialize', 'and another']) expect(plugin.stderr()).toContain(stray)
  })

  it('sends bytes behind the line when both sides can, from the answer to “initialize” on', async () => {
    const answer = await start({ features: ['attachments', 'telepathy'] })
    expect(answer).toMatchObject({ result: { features: ['attachments', 'state'] } })
    const sound = await plugin.ask(2, 'sound')
    const mime = 'audio/pcm;rate=8000;channels=1;format=s16le'
    expect(sound).toMatchObject({ result: { encoding: 'attachment', mime, attachment: 0 }, attachments: 1 })
    expect(plugin.attachmentsOf(sound)[0]!.toString('hex')).toBe('0000004000c0')
    await plugin.send(
      line({
        id: 3,
        method: 'echo',
        params: { value: [{ encoding: 'attachment', mime: 'a/b', attachment: 1 }, 'and'] },
        attachments: 2,
      }) + '\u0003\0\0\0one\u0003\0\0\0two',
      1,
    )
    const back = await plugin.next()
    expect(back).toMatchObject({ id: 3, result: [{ encoding: 'attachment', mime: 'a/b', attachment: 0 }, 'and'] })
    expect(plugin.attachmentsOf(back).map(String)).toEqual(['two'])
  })

  it('keeps bytes in the line when nothing was agreed', async () => {
    await start()
    expect(await plugin.ask(2, 'sound')).toMatchObject({ result: { encoding: 'base64', data: 'AAAAQADA' } })
  })

  it('waits for a slow reader, and loses nothing', async () => {
    await start({ features: ['attachments'] })
    plugin.hold()
    const answer = plugin.ask(2, 'count', { count: 200, bytes: 100_000, partialResultToken: 't' })
    await new Promise(resolve => setTimeout(resolve, 300))
    plugin.go()
    expect(await answer).toMatchObject({ result: null })
    for (let at = 0; at < 200; at++) {
      const item = await plugin.next()
      expect(plugin.attachmentsOf(item)[0]!.equals(Buffer.alloc(100_000, at))).toBe(true)
    }
  })

  it('answers what was asked before its input ended, tells its end, and is gone', async () => {
    await start()
    const answer = plugin.ask(2, 'sleep', { milliseconds: 100 })
    plugin.end()
    expect(await answer).toMatchObject({ result: 'slept' })
    expect(await plugin.exited).toBe(0)
    expect(plugin.stderr()).toContain('counter 0')
  })

  it.each([['end of input'], ['SIGTERM']])('does not outlive its host for work that never ends: %s', async how => {
    await start()
    void plugin.ask(2, 'sleep', { milliseconds: 1_000_000 })
    if (how === 'SIGTERM') plugin.kill('SIGTERM')
    else plugin.end()
    expect(await plugin.exited).toBe(0)
  })

  it('answers “shutdown”, and exits with 0 when its input ends', async () => {
    await start()
    expect(await plugin.ask(2, 'shutdown')).toMatchObject({ result: true })
    expect(await plugin.ask(3, 'echo', { value: 1 })).toMatchObject({ error: { code: -32002 } })
    plugin.end()
    expect(await plugin.exited).toBe(0)
  })

  it('is gone with 1 when its input ends in mid-message', async () => {
    await start()
    await plugin.send('{"jsonrpc":"2.0"')
    plugin.end()
    expect(await plugin.exited).toBe(1)
  })

  it('gives up, and says why, when it can’t know where the next line begins', async () => {
    await start({ features: ['attachments'] })
    await plugin.send(`${line({ id: 2, method: 'echo', attachments: 1 })}\x01\0\0\x04`)
    expect(await plugin.exited).toBe(1)
    expect(plugin.stderr()).toContain('more than 64 MiB')
  })
})
