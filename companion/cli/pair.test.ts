import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openFixture, type Fixture } from '../daemon/fixture.ts'
import { placeBeside, runCommand, type CommandPlace } from './testing/command.ts'

vi.setConfig({ testTimeout: 60_000 })
const origin = 'https://studio.example'

let fixture: Fixture
let place: CommandPlace
beforeAll(async () => {
  fixture = await openFixture()
  place = placeBeside(fixture)
})
afterAll(() => fixture.close())

const pair = (...args: readonly string[]) => runCommand(['pair', ...args], place)

/** Pairs a page as its user does. */
async function paired(as: string): Promise<string> {
  const { stdout } = await pair()
  const answer = await fixture.send('POST', '/pair', {
    headers: { origin: as, 'content-type': 'application/json' },
    body: JSON.stringify({ code: stdout.trim() }),
  })
  expect(answer.status).toBe(200)
  return (JSON.parse(answer.body.toString()) as { token: string }).token
}

it('shows a code and nothing else as data, with the address and the time in words', async () => {
  const { code, stdout, stderr } = await pair()
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}\n$/)])
  expect(stderr).toContain(`http://localhost:${fixture.port}`)
  expect(stderr).toMatch(/once, until \d/)
  expect(JSON.parse((await pair('--json')).stdout)).toEqual({
    code: expect.stringMatching(/^.{9}$/),
    expires: expect.stringMatching(/^\d{4}-.*Z$/),
    address: `http://localhost:${fixture.port}`,
  })
})

it('lists pages and when they were used, and revokes one or all', async () => {
  expect((await pair('list')).stdout).toBe('No page is paired.\n')
  const token = await paired(origin)
  await paired('http://localhost:1')
  const listed = JSON.parse((await pair('list', '--json')).stdout) as object[]
  expect(listed).toEqual([
    { origin, paired: expect.any(String) },
    { origin: 'http://localhost:1', paired: expect.any(String) },
  ])
  const status = () => fixture.ask('/status', { origin, authorization: `Bearer ${token}` })
  expect((await status()).status).toBe(200)
  expect((await pair('list')).stdout).toMatch(
    /^ORIGIN .*LAST USED\nhttps:\/\/studio\.example +\S+ +\d{4}-.*\n.* never\n$/,
  )

  expect(await pair('revoke', 'https://Studio.example/')).toEqual({
    code: 0,
    stdout: `${origin}: revoked\n`,
    stderr: '',
  })
  expect((await status()).status).toBe(403)
  expect(await pair('revoke', origin)).toMatchObject({ code: 3, stderr: expect.stringContaining('pair list') })
  expect(await pair('revoke', '--all')).toMatchObject({ code: 0, stdout: 'http://localhost:1: revoked\n' })
  expect((await pair('revoke', '--all')).stdout).toBe('No page was paired.\n')
})

describe('a mistake changes nothing', () => {
  it.each([
    [['revoke'], 'or --all. Nothing was revoked'],
    [['revoke', origin, '--all'], 'not both'],
    [['list', origin], 'voxloom pair revoke'],
    [['--all'], 'voxloom pair revoke'],
    [['lsit'], '“lsit” is neither'],
    [['revoke', origin, 'more'], 'one word too many'],
  ])('%j', async (args, words) => {
    expect(await pair(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) })
  })
})
