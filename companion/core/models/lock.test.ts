import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { withLock } from './lock.ts'

/** No process has it: Linux counts to 2^22 at most. */
const DEAD = 2 ** 22 + 1

/** A lock as another process would have left it. */
function leave(path: string, { pid = DEAD, host = hostname(), age = 0, mark = '' } = {}): void {
  writeFileSync(path, JSON.stringify({ pid, host, ...(mark && { mark }) }))
  const then = new Date(Date.now() - age * 1000)
  utimesSync(path, then, then)
}

const ROUNDS = 6
const here = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
/** Takes one stale lock a round, at the same moment as the others, and writes down whether it was alone. */
const CONTENDER = `
import { appendFileSync, openSync, closeSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
const { withLock } = await import(${here('./lock.ts')})
const [folder, self, count] = process.argv.slice(2)
for (let round = 0; round < ${ROUNDS}; round++) {
  const at = folder + '/' + round
  writeFileSync(at + '/ready-' + self, '')
  while (readdirSync(at).filter(name => name.startsWith('ready')).length < Number(count));
  await withLock(at + '/locks/lock', async () => {
    let word = 'alone'
    try { closeSync(openSync(at + '/inside', 'wx')) } catch { word = 'not alone' }
    await new Promise(resolve => setTimeout(resolve, 20))
    appendFileSync(folder + '/log', word + '\\n')
    rmSync(at + '/inside', { force: true })
  })
}`

describe('a lock that was left behind', () => {
  it('is taken over by one of several processes at a time', async () => {
    const folder = scratch()
    const count = 4
    for (let round = 0; round < ROUNDS; round++) {
      mkdirSync(join(folder, String(round), 'locks'), { recursive: true })
      // With a mark as locks have it, and without one as earlier versions wrote it.
      leave(join(folder, String(round), 'locks', 'lock'), { mark: round % 2 ? 'old' : '' })
    }
    writeFileSync(join(folder, 'contender.mjs'), CONTENDER)
    const contenders = Array.from({ length: count }, (_, at) =>
      spawn(process.execPath, [join(folder, 'contender.mjs'), folder, String(at), String(count)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    )
    const codes = await Promise.all(contenders.map(async each => (await once(each, 'exit'))[0] as number))
    expect(codes).toEqual(contenders.map(() => 0))
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('alone\n'.repeat(count * ROUNDS))
    const left = Array.from({ length: ROUNDS }, (_, round) => readdirSync(join(folder, String(round), 'locks')))
    expect(left.flat()).toEqual([])
  }, 60_000)

  it('is taken over when whoever was about to take it over died of that', async () => {
    const folder = scratch()
    const path = join(folder, 'lock')
    leave(path, { mark: 'first' })
    leave(`${path}.first`, { mark: 'second' })
    leave(`${path}.second`)
    expect(await withLock(path, async () => readdirSync(folder))).toEqual(['lock'])
    expect(readdirSync(folder)).toEqual([])
  })

  it('by another machine, or half written, is waited for until it has not been touched for 20 s', async () => {
    const folder = scratch()
    const path = join(folder, 'lock')
    const take = () => withLock(path, async () => 'taken', AbortSignal.timeout(400)).catch(() => 'waited')
    for (const write of [(age: number) => leave(path, { host: 'elsewhere', age }), leaveHalf]) {
      // A second before the limit: the clock goes on.
      write(18)
      expect(await take()).toBe('waited')
      write(20.1)
      expect(await take()).toBe('taken')
    }
    expect(readdirSync(folder)).toEqual([])

    function leaveHalf(age: number) {
      leave(path, { age })
      const then = new Date(Date.now() - age * 1000)
      writeFileSync(path, '{"pid":')
      utimesSync(path, then, then)
    }
  })
})

it('a lock that was lost to another is left to it', async () => {
  const path = join(scratch(), 'lock')
  await withLock(path, async () => leave(path, { mark: 'theirs' }))
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ mark: 'theirs' })
})
