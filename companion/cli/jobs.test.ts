import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPluginFixture, type PluginFixture } from '../daemon/fixture-plugins.ts'
import { placeBeside, runCommand, script, type CommandPlace } from './testing/command.ts'

vi.setConfig({ testTimeout: 60_000 })

let fixture: PluginFixture
let place: CommandPlace
let work: string
beforeAll(async () => {
  fixture = await openPluginFixture()
  place = placeBeside(fixture)
  work = place.cwd
})
afterAll(() => fixture.close())

const jobs = (args: readonly string[], more: Record<string, string> = {}) =>
  runCommand(['jobs', ...args], { ...place, env: { ...place.env, ...more } })

describe('jobs', () => {
  it('are listed, shown and removed', async () => {
    const { id } = await fixture.start({}, 'text')
    await fixture.over(id)
    const listed = await jobs(['list', '--state', 'done', '--limit', '5', '--json'])
    expect([listed.code, JSON.parse(listed.stdout)]).toMatchObject([0, [{ id, state: 'done' }]])
    expect((await jobs(['list'])).stdout).toMatch(new RegExp(`^JOB .*\n${id}  done +test +100 % +4 `))
    expect((await jobs(['list', '--state', 'failed'])).stdout).toBe('There are no such jobs.\n')
    expect((await jobs(['status', id])).stdout).toMatch(/^job +.*\nstate +done\n/)
    expect(JSON.parse((await jobs(['status', id, '--json'])).stdout)).toMatchObject({ id, outputBytes: 4 })
    expect(await jobs(['remove', id])).toEqual({ code: 0, stdout: `${id}: removed\n`, stderr: '' })
    expect(await jobs(['status', id])).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no job') })
  })

  it('are cancelled', async () => {
    const { id } = await fixture.start({ gate: 'never' })
    expect(await jobs(['remove', id])).toMatchObject({ code: 8, stderr: expect.stringContaining('Cancel it first') })
    expect(await jobs(['cancel', id])).toMatchObject({ code: 0, stdout: expect.stringMatching(/state +cancelled/) })
  })

  it.each([
    [['list', '--limit', '0'], 2, 'limit'],
    [['list', '--state', 'queued'], 2, 'state'],
    [['status', '../../status'], 3, 'no job'],
    [['status'], 2, 'ID'],
    [['list', '--port', 'x'], 2, '--port is “x”'],
  ])('%j ends with %d', async (args, code, words) => {
    expect(await jobs(args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
  })
})

describe('a job’s output', () => {
  it('goes to a file, which is not replaced unasked, or to the output', async () => {
    const { id } = await fixture.start({}, 'text')
    await fixture.over(id)
    const file = join(work, 'out.txt')
    expect(await jobs(['output', id, '-o', file])).toMatchObject({ code: 0, stdout: `${file}: 4 bytes\n` })
    expect(readFileSync(file, 'utf8')).toBe('TEXT')
    expect(await jobs(['output', id, '-o', file])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('--force'),
    })
    expect(JSON.parse((await jobs(['output', id, '-o', file, '--force', '--json'])).stdout)).toEqual({
      output: file,
      bytes: 4,
    })
    expect(await jobs(['output', id, '-o', '-'])).toEqual({ code: 0, stdout: 'TEXT', stderr: '' })
  })

  it('comes while the job runs', async () => {
    const { id } = await fixture.start({ say: 'first ', gate: 'cli' }, 'rest')
    const child = spawn(process.execPath, [script, 'jobs', 'output', id], place)
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    expect(first.toString()).toBe('first ')
    fixture.open('cli')
    const [rest] = (await once(child.stdout, 'data')) as [Buffer]
    expect(rest.toString()).toBe('REST')
    expect(await once(child, 'close')).toEqual([0, null])
  })

  it('of a job that fails is kept beside, and said to be no whole', async () => {
    const { id } = await fixture.start({ say: 'half', gate: 'cli2', fail: 'It can’t go on.' })
    const file = join(work, 'half.txt')
    const during = jobs(['output', id, '-o', file])
    await vi.waitFor(() => expect(readdirSync(work)).toContain('half.txt.part'), 20_000)
    fixture.open('cli2')
    expect(await during).toMatchObject({ code: 1, stderr: expect.stringMatching(/It can’t go on.*half\.txt\.part/s) })
    expect(readFileSync(`${file}.part`, 'utf8')).toBe('half')
    const after = await jobs(['output', id, '-o', '-'])
    expect(after).toMatchObject({ code: 1, stdout: 'half', stderr: expect.stringContaining('it is failed') })
    expect(readdirSync(work)).not.toContain('half.txt')
  })
})

describe('without a companion', () => {
  it('the command says how to start one', async () => {
    expect(await jobs(['list'], { VOXLOOM_PORT: '1' })).toEqual({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(/No companion of yours answers at http:\/\/localhost:1\. Start it with/),
    })
  })

  it('a stranger on the port never sees the token', async () => {
    const seen: unknown[] = []
    const stranger = createServer((request, answer) => {
      seen.push(request.headers.authorization)
      answer.end('[]')
    }).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { code } = await jobs(['list'], { VOXLOOM_PORT: String((stranger.address() as AddressInfo).port) })
    expect([code, seen]).toEqual([5, [undefined]])
    stranger.close()
  })

  it('a companion of another account is named as such', async () => {
    const other = join(fixture.folder, 'other')
    mkdirSync(join(other, 'voxloom'), { recursive: true })
    writeFileSync(join(other, 'voxloom', 'token'), 'A'.repeat(43), { mode: 0o600 })
    expect(await jobs(['list'], { XDG_STATE_HOME: other })).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('another state folder'),
    })
  })
})
