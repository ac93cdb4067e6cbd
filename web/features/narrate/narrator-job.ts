import { readContractVoice } from '#protocol/contracts.ts'
import type { Run } from '#protocol/run.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import type { Studio } from '../studio.ts'
import { isPlugins } from '../weights.ts'
import type { Render, Renders } from './narrator-renders.ts'
import { standInKey } from './script-hash.ts'
import type { ScriptSentence } from './script.ts'

/** Milliseconds for which a job waits at its end for plugins on their way back: one that dies is soon started anew. */
export const RETURN_WAIT = 30_000
/** Milliseconds between two looks. */
const LOOK_AGAIN = 250

export interface RenderJob {
  /** What is to be made, in this order; no key twice. */
  readonly missing: readonly ScriptSentence[]
  /** Sentences in all, those that are there among them. */
  readonly total: number
  readonly renders: Renders
  readonly pcm: Studio['pcm']
  readonly speech: Studio['speech']
  readonly contracts: Studio['contracts']
}

/**
 * Makes sentences, several at a time. What another voice said, because a plugin failed, is made once more when the plugin
 * is back by the end.
 * @returns sentences for which another voice's sound is all that there is
 * @throws SeamError what could not be made at all; the rest is kept
 */
export async function renderMissing(job: RenderJob, run: Run): Promise<number> {
  const { missing, total, pcm, speech, contracts } = job
  let done = total - missing.length
  const tell = () => run.onProgress?.({ done, total, what: 'narrate.rendering' })
  tell()
  if (missing.length === 0) return 0
  const kept = await pcm.which(missing.map(({ key }) => standInKey(key)))
  const waits = (sentence: ScriptSentence) =>
    kept.has(standInKey(sentence.key)) && stateOf(sentence, contracts) !== 'up'
  const engine = await speech.bulk(run)
  try {
    // How many are made at a time is known once what speaks is there.
    if (missing.some(({ segment }) => !isPlugins(segment.voice))) await speech.load(run)
    const inPlace = await inLanes(job, missing, run, async sentence => {
      // Said in its place before, and its own voice is still away.
      const isOwn = !waits(sentence) && (await make(job, sentence, engine, run))
      done++
      tell()
      return isOwn
    })
    const end = Date.now() + RETURN_WAIT
    const still = await inLanes(job, inPlace, run, async sentence => {
      await returned(sentence, contracts, end, run.signal)
      return stateOf(sentence, contracts) === 'up' && make(job, sentence, engine, run)
    })
    const left = new Set(still.map(({ key }) => standInKey(key)))
    const stoodIn = [...kept, ...inPlace.map(({ key }) => standInKey(key))]
    await pcm.remove(stoodIn.filter(key => !left.has(key)))
    return still.length
  } finally {
    await engine.close()
  }
}

/** @returns those for which `work` said no */
async function inLanes(
  { speech }: RenderJob,
  sentences: readonly ScriptSentence[],
  { signal }: Run,
  work: (sentence: ScriptSentence) => Promise<boolean>,
): Promise<ScriptSentence[]> {
  const left = [...sentences]
  const refused: ScriptSentence[] = []
  const lanes = Array.from({ length: Math.max(1, speech.report?.threads ?? 1) }, async () => {
    for (let sentence = left.shift(); sentence; sentence = left.shift()) {
      signal?.throwIfAborted()
      if (!(await work(sentence))) refused.push(sentence)
    }
  })
  try {
    await Promise.all(lanes)
  } finally {
    left.length = 0
  }
  return refused
}

/** @returns whether its own voice said it */
async function make(
  { renders }: RenderJob,
  sentence: ScriptSentence,
  engine: SpeechEngine,
  { signal }: Run,
): Promise<boolean> {
  const render = renders.begin(sentence, engine)
  try {
    await settled(render, signal)
    return true
  } catch (error) {
    if (!render.standIn) throw error
    return false
  }
}

/** Waits for a render, and cancels it when the job is cancelled. */
async function settled(render: Render, signal: AbortSignal | undefined): Promise<void> {
  signal?.addEventListener('abort', render.cancel, { once: true })
  try {
    await render.stored
  } finally {
    signal?.removeEventListener('abort', render.cancel)
  }
}

/** Whether the voice of a sentence can be asked, may soon be, or can't be. Voices of this page always can. */
function stateOf({ segment }: ScriptSentence, contracts: Studio['contracts']): 'up' | 'returning' | 'away' {
  const name = readContractVoice(segment.voice[0]?.id ?? '')?.name
  if (name === undefined || contracts.isUp(name)) return 'up'
  const light = contracts.lights.find(light => light.name === name)
  // What waits for somebody is not worth waiting for.
  return light && !light.need && !light.ailment?.need && !light.quarantined ? 'returning' : 'away'
}

/** Waits for a voice on its way back. @param end on the clock of the system: until then at most */
async function returned(
  sentence: ScriptSentence,
  contracts: Studio['contracts'],
  end: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (Date.now() < end && stateOf(sentence, contracts) === 'returning') {
    signal?.throwIfAborted()
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN))
  }
}
