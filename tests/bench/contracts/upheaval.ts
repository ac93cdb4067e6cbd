import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { toSeamError } from '../../../companion/protocol/errors.ts'
import type { Slot, SupervisionRules } from '../../../companion/core/contracts/types.ts'
import { atMost, percentile, reported, type Row } from '../rows.ts'

const CALLERS = 20
/** Milliseconds that a call takes at most: some are always under way. */
const LONGEST = 20

interface Tally {
  calls: number
  failed: number
  /** Answers to somebody else's question. */
  crossed: number
}

/** Plugins that take over from one another while they are called: nobody fails, and the count goes on. */
export async function swaps(open: () => Slot, count: number): Promise<Row[]> {
  const slot = open()
  try {
    await slot.load()
    const tally: Tally = { calls: 0, failed: 0, crossed: 0 }
    const done = { now: false }
    const callers = Array.from({ length: CALLERS }, (_, caller) => keepCalling(slot, caller, tally, done))
    const times: number[] = []
    for (let i = 0; i < count; i++) {
      const began = performance.now()
      await slot.swap()
      times.push(performance.now() - began)
    }
    done.now = true
    await Promise.all(callers)
    const { calls } = (await slot.call('echo', { nonce: 'last' })) as { readonly calls: number }
    return [
      atMost(`${count} swaps under ${CALLERS} callers: calls that failed`, tally.failed, '', 0),
      atMost('… answers that were somebody else’s', tally.crossed, '', 0),
      atMost('… calls that the state forgot', tally.calls + 1 - calls, '', 0),
      reported('… calls meanwhile', tally.calls, ''),
      reported('… one swap, p50', percentile(times, 0.5), 'ms'),
    ]
  } finally {
    await slot.close()
  }
}

async function keepCalling(slot: Slot, caller: number, tally: Tally, done: { readonly now: boolean }): Promise<void> {
  for (let turn = 0; !done.now; turn++) {
    const nonce = `${caller}:${turn}`
    try {
      const answer = (await slot.call('echo', { nonce, after: Math.random() * LONGEST })) as { readonly nonce: string }
      tally.calls += 1
      if (answer.nonce !== nonce) tally.crossed += 1
    } catch {
      tally.failed += 1
      await wait(LONGEST)
    }
  }
}

/** A plugin that is killed at random while it is called: each caller hears of it, and it is back. */
export async function deaths(open: (rules: Partial<SupervisionRules>) => Slot, count: number): Promise<Row[]> {
  // Five deaths in ten minutes would send it into quarantine.
  const slot = open({ quarantineAfter: Infinity })
  try {
    await slot.load()
    const tally = { answered: 0, coded: 0, uncoded: 0 }
    const done = { now: false }
    const callers = Array.from({ length: CALLERS }, () => keepAsking(slot, tally, done))
    const back: number[] = []
    for (let i = 0; i < count; i++) {
      await wait(Math.random() * 200)
      process.kill(slot.state.pid!, 'SIGKILL')
      const began = performance.now()
      const victim = slot.state.pid
      while (slot.state.pid === victim || slot.state.pid === undefined || !isReady(slot)) await wait(5)
      back.push((performance.now() - began) / 1000)
    }
    done.now = true
    await Promise.all(callers)
    return [
      atMost(`killed ${count} times: callers who got neither a result nor a coded error`, tally.uncoded, '', 0),
      atMost('… until it is ready again, the longest', Math.max(...back), 's', 2),
      atMost('… zombies', zombies(), '', 0),
      reported('… calls that were answered', tally.answered, ''),
      reported('… calls that ended with a code', tally.coded, ''),
    ]
  } finally {
    await slot.close()
  }
}

const isReady = ({ state: { status } }: Slot) => status === 'READY' || status === 'BUSY'

async function keepAsking(
  slot: Slot,
  tally: { answered: number; coded: number; uncoded: number },
  done: { readonly now: boolean },
): Promise<void> {
  while (!done.now) {
    try {
      await slot.call('echo', { after: Math.random() * LONGEST })
      tally.answered += 1
    } catch (error) {
      if (toSeamError(error).details['failure'] === 'EXITED') tally.coded += 1
      else tally.uncoded += 1
      await wait(LONGEST)
    }
  }
}

/** Children of this process that are dead and were never taken notice of. Linux only. */
function zombies(): number {
  return readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name)) return false
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return state === 'Z' && Number(parent) === process.pid
    } catch {
      return false
    }
  }).length
}
