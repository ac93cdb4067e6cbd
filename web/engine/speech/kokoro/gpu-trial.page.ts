import { toSeamError } from '#protocol/errors.ts'
import type { PageDevice } from '../../device.page.ts'
import { REWRITE_VERSION } from './graph/version.ts'
import { findFault, PROBE_PHONEMES, PROBE_VOICE } from './self-test.ts'
import { startWorker, type Assignment, type KokoroWorker } from './worker-handle.page.ts'

/** What came of trying WebGPU on this machine. */
export type Verdict =
  | { readonly good: true; /** WebGPU's time over WASM's. */ readonly ratio: number }
  | { readonly good: false; readonly reason: string }

const KEY = 'voxloom.gpu-trial'

/** Verdicts hold for one adapter, one browser and one graph: each may change, and with it the answer. */
const subject = (device: PageDevice, variant: string) =>
  [device.adapter, navigator.userAgent, variant, REWRITE_VERSION].join('|')

export function recallVerdict(device: PageDevice, variant: string): Verdict | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as { subject: string; verdict: Verdict } | null
    return kept?.subject === subject(device, variant) ? kept.verdict : undefined
  } catch {
    return undefined
  }
}

function remember(device: PageDevice, variant: string, verdict: Verdict): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ subject: subject(device, variant), verdict }))
  } catch {
    // A private window: the trial is held again next time.
  }
}

/**
 * Speaks the same words on both devices and compares.
 * @returns the verdict, and the WebGPU worker when it passed; a worker that failed is ended here
 */
export async function tryGpu(
  reference: KokoroWorker,
  assignment: Assignment,
  device: PageDevice,
): Promise<{ verdict: Verdict; worker?: KokoroWorker }> {
  let worker: KokoroWorker | undefined
  let verdict: Verdict
  try {
    worker = await startWorker(assignment, {})
    const input = { phonemes: PROBE_PHONEMES, voice: PROBE_VOICE }
    const expected = await reference.peer.call('raw', input)
    const first = await worker.peer.call('raw', input)
    const fault = findFault(expected.audio, first.audio)
    // The first run compiles shaders; only the second is the machine's speed.
    const second = fault ? first : await worker.peer.call('raw', input)
    verdict = fault ? { good: false, reason: fault } : { good: true, ratio: second.took / expected.took }
  } catch (error) {
    if (toSeamError(error).code === 'not-found') throw error
    verdict = { good: false, reason: 'failed' }
  }
  remember(device, assignment.variant, verdict)
  if (verdict.good && worker) return { verdict, worker }
  worker?.peer.terminate()
  return { verdict }
}
