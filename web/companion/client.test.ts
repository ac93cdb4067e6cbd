import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAbsentCompanion } from './absent.ts'
import { createCompanionClient, POLL_ABSENT, POLL_LONGEST, POLL_PRESENT, readStatus } from './client.ts'
import { createCompanionLink } from './link.ts'

const STATUS = { name: 'voxloom', version: '1.2.3', protocol: '1', uptime: 4, models: [{ id: 'a', complete: true }] }
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

/** A client against answers that the test gives, one after the other; the last one stays. */
function client(...answers: (() => Response | Promise<Response>)[]) {
  let asked = 0
  let visible = true
  let wake = () => {}
  const fetch = async () => (answers[Math.min(asked++, answers.length - 1)] ?? (() => json({})))()
  const companion = createCompanionClient({
    link: createCompanionLink({ fetch }),
    visible: () => visible,
    onWake: listener => {
      wake = listener
      return () => (wake = () => {})
    },
  })
  return {
    companion,
    asked: () => asked,
    show(now: boolean) {
      visible = now
      wake()
    },
  }
}

const refusal = { code: 'refused', message: 'No.', retryable: false, details: {} }
const nobody = () => Promise.reject(new TypeError('Failed to fetch'))
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the companion', () => {
  it('is being looked for, then found, and told so', async () => {
    const { companion } = client(() => json(STATUS))
    const heard = vi.fn()
    companion.watch(heard)
    expect(companion.state).toBe('connecting')
    await settle()
    expect(companion.state).toBe('paired')
    expect(companion.status).toMatchObject({ version: '1.2.3' })
    expect(heard).toHaveBeenCalledOnce()
    companion.close()
  })

  it.each([
    ['nobody answers', nobody, 'absent'],
    ['a static host answers with its page', () => new Response('<!doctype html>'), 'absent'],
    ['something else answers', () => json({ name: 'else' }), 'absent'],
    ['it is broken', () => json(STATUS, 500), 'absent'],
    ['it does not know the page', () => json(refusal, 401), 'refused'],
    ['it does not like the origin', () => json(refusal, 403), 'refused'],
    [
      'a static host has nothing there and calls that forbidden',
      () => new Response('<Error>', { status: 403 }),
      'absent',
    ],
  ] as const)('when %s', async (_, answer, state) => {
    const { companion } = client(answer)
    await settle()
    expect(companion.state).toBe(state)
    expect(companion.status).toBeUndefined()
    companion.close()
  })

  it.each([
    ['a static host’s page', () => new Response('<!doctype html>'), true],
    ['a static host’s refusal', () => new Response('', { status: 404 }), true],
    ['nobody', nobody, false],
    ['a proxy with nobody behind it', () => new Response('', { status: 502 }), false],
    ['a companion', () => json(STATUS), false],
    ['a companion that refuses', () => json(refusal, 401), false],
  ])('can be connected from elsewhere when %s answers: %#', async (_, answer, isHosted) => {
    const { companion } = client(answer)
    await settle()
    expect(companion.pairing).toMatchObject({ isHosted, address: undefined })
    companion.close()
  })

  it('of a static host stays to be connected when the network goes', async () => {
    const { companion } = client(() => new Response('', { status: 404 }), nobody)
    await settle()
    await companion.refresh()
    expect(companion.pairing?.isHosted).toBe(true)
    companion.close()
  })

  it('is asked often while it answers', async () => {
    const { companion, asked } = client(() => json(STATUS))
    await settle()
    await vi.advanceTimersByTimeAsync(POLL_PRESENT * 3)
    expect(asked()).toBe(4)
    companion.close()
  })

  it('is asked ever more seldom while it does not, but never given up', async () => {
    const { companion, asked } = client(nobody)
    await settle()
    await vi.advanceTimersByTimeAsync(POLL_ABSENT * 2)
    expect(asked()).toBe(2)
    await vi.advanceTimersByTimeAsync(POLL_ABSENT * 4)
    expect(asked()).toBe(3)
    await vi.advanceTimersByTimeAsync(POLL_LONGEST * 20)
    const before = asked()
    await vi.advanceTimersByTimeAsync(POLL_LONGEST)
    expect(asked()).toBe(before + 1)
    companion.close()
  })

  it('is not asked while nobody looks, and at once when somebody does', async () => {
    const { companion, asked, show } = client(nobody)
    await settle()
    show(false)
    await vi.advanceTimersByTimeAsync(POLL_LONGEST)
    expect(asked()).toBe(1)
    show(true)
    await settle()
    expect(asked()).toBe(2)
    companion.close()
  })

  it('that goes is noticed, and one that comes back, too', async () => {
    const { companion } = client(
      () => json(STATUS),
      nobody,
      () => json(STATUS),
    )
    await settle()
    await companion.refresh()
    expect(companion.state).toBe('absent')
    await companion.refresh()
    expect(companion.state).toBe('paired')
    companion.close()
  })

  it('is asked once when two ask together, and never after the end', async () => {
    const { companion, asked } = client(() => json(STATUS))
    await Promise.all([companion.refresh(), companion.refresh()])
    expect(asked()).toBe(1)
    companion.close()
    await companion.refresh()
    await vi.advanceTimersByTimeAsync(POLL_PRESENT * 3)
    expect(asked()).toBe(1)
  })
})

describe('a status', () => {
  it('keeps only models that make sense', () => {
    const models = [{ id: 'a', complete: true }, { id: 3 }, null, 'b']
    expect(readStatus({ ...STATUS, models, uptime: 'long' })).toMatchObject({
      uptime: 0,
      models: [{ id: 'a', complete: true }],
    })
    expect(readStatus({ ...STATUS, models: 'none' })).toMatchObject({ models: [] })
  })

  it.each([undefined, null, 'voxloom', {}, { ...STATUS, version: 1 }])('is not %j', body =>
    expect(readStatus(body)).toBeUndefined(),
  )
})

it('an absent companion is asked for nothing', async () => {
  const companion = createAbsentCompanion()
  await companion.refresh()
  expect(companion.state).toBe('absent')
  companion.watch(() => expect.unreachable())()
  companion.close()
})
