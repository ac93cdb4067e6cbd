import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import { chosenListener } from '../../engine/transcribe/chosen.page.ts'
import { KeptChunks } from '../../engine/transcribe/kept-chunks.ts'
import { light, scriptedContracts } from '../contract-testing.ts'
import type { Studio, StudioTranscriber } from '../studio.ts'
import { useConverse } from './store.ts'
import { useFloor } from './store-floor.ts'
import { useKeptTalk } from './store-kept.ts'
import { useConverseModel } from './store-model.ts'
import { useConversePartner } from './store-partner.ts'
import { closeTabs, openTab, quietMicrophone } from './testing.ts'

let name: string
let count = 0
beforeEach(() => {
  localStorage.clear()
  chosenListener.set(undefined)
  name = `test-converse-${Date.now()}-${count++}`
})
afterEach(async () => {
  closeTabs()
  for (const each of [name, `${name}-personas`]) {
    await deleteDB(each)
    await (await navigator.storage.getDirectory()).removeEntry(each, { recursive: true }).catch(() => undefined)
  }
})

async function tabOf(parts: Parameters<typeof openTab>[1] = {}) {
  const tab = await openTab(name, parts)
  const { pinia, speaker } = tab
  const converse = useConverse(pinia)
  const kept = useKeptTalk(pinia)
  const become = (state: typeof converse.state) => vi.waitFor(() => expect(converse.state).toBe(state), 5000)
  return {
    ...tab,
    converse,
    kept,
    become,
    floor: useFloor(pinia),
    partner: useConversePartner(pinia),
    /** Types something, and hears the answer. */
    async says(text: string): Promise<void> {
      const before = kept.turns.length
      await converse.write(text)
      await become('playing')
      speaker.end()
      await vi.waitFor(() => expect(kept.turns).toHaveLength(before + 1), 5000)
      await become('idle')
    },
  }
}
async function* chunksOf(kept: KeptChunks) {
  for (let n = 0, next; (next = await kept.at(n)); n++) yield next.chunk
}
const said = ({ kept }: Awaited<ReturnType<typeof tabOf>>) => kept.turns.map(({ user }) => user?.text)

describe('the microphone', () => {
  it('that the browser grants when another conversation was chosen is closed, and can be opened again', async () => {
    const granted = Promise.withResolvers<Microphone>()
    const microphone = vi.fn<() => Promise<Microphone>>(() => granted.promise)
    const { floor, converse } = await tabOf({ microphone })
    const pressed = floor.press()
    await vi.waitFor(() => expect(microphone).toHaveBeenCalled())
    await converse.clear()
    const late = quietMicrophone()
    granted.resolve(late)
    await pressed
    expect([late.closed, floor.live, floor.opening]).toEqual([true, false, false])
    const next = quietMicrophone()
    microphone.mockResolvedValue(next)
    await floor.press()
    expect([next.closed, floor.live]).toEqual([false, true])
  })

  it('that is closed in mid-speech ends the turn: what was said until then is answered', async () => {
    const tab = await tabOf()
    await tab.floor.press()
    await tab.listener.begins('Where is it?')
    await tab.become('recording')
    await tab.floor.press()
    expect(tab.floor.live).toBe(false)
    await tab.become('playing')
    tab.speaker.end()
    await tab.become('idle')
    expect(said(tab)).toEqual(['Where is it?'])
  })

  it('that is closed while there is only noise leaves nothing behind', async () => {
    const tab = await tabOf()
    await tab.floor.press()
    await tab.listener.begins('')
    await tab.become('recording')
    await tab.floor.press()
    await tab.become('idle')
    expect(said(tab)).toEqual([])
  })
})

describe('ears that fail', () => {
  it('while the answer is on its way are not taken for what answers', async () => {
    const broke = Promise.withResolvers<never>()
    const { contracts, fail } = scriptedContracts([light('ears', 'stt')])
    const tab = await tabOf({ contracts })
    chosenListener.set('plugin:ears')
    // eslint-disable-next-line require-yield -- it fails before it has heard anything
    const listen: StudioTranscriber['listen'] = async function* () {
      await broke.promise
    }
    Object.assign(tab.listener.transcriber, { listen })
    await tab.floor.press()
    await tab.converse.write('Where is it?')
    await tab.become('playing')
    const error = new SeamError('engine', 'It broke.', { details: { plugin: 'ears' } })
    fail({ name: 'ears', displayName: 'Ears', part: 'hearing', error })
    broke.reject(error)
    await vi.waitFor(() => expect(tab.converse.failure?.details['part']).toBe('hearing'), 5000)
    // Nobody says that this page went on listening in its place.
    await vi.waitFor(() => expect(contracts.troubles).toEqual([]))
    await vi.waitFor(() => expect(tab.floor.live).toBe(false))
  })
})

describe('the talk key', () => {
  it.each(['hold', 'toggle'] as const)('takes what is said while the models load: %s', async mode => {
    const loaded = Promise.withResolvers<void>()
    const tab = await tabOf()
    const { transcriber } = tab.listener
    const heard = transcriber.listen
    vi.spyOn(transcriber, 'load').mockReturnValue(loaded.promise)
    vi.spyOn(transcriber, 'listen').mockImplementation(async function* (sound, run) {
      // What is said meanwhile waits, as it does for the recogniser’s worker.
      const kept = new KeptChunks(sound, 60)
      await loaded.promise
      yield* heard(chunksOf(kept), run)
    })
    tab.converse.mode = mode
    const first = tab.floor.press()
    await tab.become('recording')
    if (mode === 'hold') tab.floor.release()
    else await tab.floor.press()
    await tab.become('processing')
    const spoken = tab.listener.begins('Where is it?')
    tab.listener.ends()
    loaded.resolve()
    await Promise.all([first, spoken])
    await tab.become('playing')
    tab.speaker.end()
    await tab.become('idle')
    expect(said(tab)).toEqual(['Where is it?'])
  })

  it('that is pressed again while the microphone opens begins one turn', async () => {
    const granted = Promise.withResolvers<Microphone>()
    const tab = await tabOf({ microphone: () => granted.promise })
    tab.converse.mode = 'toggle'
    const first = tab.floor.press()
    await vi.waitFor(() => expect(tab.floor.opening).toBe(true))
    await tab.floor.press()
    granted.resolve(quietMicrophone())
    await first
    expect(tab.converse.talk()?.conversation.state).toBe('recording')
    await tab.floor.press()
    await tab.become('idle')
  })

  it('goes up when another way to take the floor is chosen', async () => {
    const tab = await tabOf()
    tab.converse.mode = 'toggle'
    await tab.floor.press()
    await tab.listener.begins('Where is it?')
    await tab.become('recording')
    tab.converse.mode = 'hands-free'
    await tab.become('processing')
    tab.listener.ends()
    await tab.become('playing')
    expect(tab.converse.talk()?.conversation.mode).toBe('hands-free')
  })

  it('that is held while the way changes does not end what is begun by a press', async () => {
    const tab = await tabOf()
    tab.converse.mode = 'hold'
    await tab.floor.press()
    await tab.become('recording')
    tab.converse.mode = 'toggle'
    await tab.become('idle')
    await tab.floor.press()
    await tab.become('recording')
    tab.floor.release()
    expect(tab.converse.talk()?.conversation.state).toBe('recording')
  })
})

describe('a conversation', () => {
  it('that is begun anew is another one from the first word on', async () => {
    const tab = await tabOf()
    await tab.says('One?')
    const cleared = tab.converse.clear()
    const written = tab.converse.write('Two?')
    await Promise.all([cleared, written])
    await tab.become('playing')
    tab.speaker.end()
    await tab.become('idle')
    expect(said(tab)).toEqual(['Two?'])
    expect(tab.model.asked.at(-1)!.map(({ text }) => text)).not.toContain('One?')
    await vi.waitFor(async () => {
      expect((await tab.conversations.list()).map(({ turns }) => turns)).toEqual([1, 1])
    })
  })

  it('that is asked for last is shown, whichever is read first; what is said goes there', async () => {
    const tab = await tabOf()
    const ids: string[] = []
    for (const text of ['One?', 'Two?']) {
      await tab.converse.clear()
      await tab.says(text)
      await vi.waitFor(() => expect(tab.kept.id).toBeDefined())
      ids.push(tab.kept.id!)
    }
    await tab.converse.clear()
    const shown = vi.fn()
    const read = Promise.withResolvers<void>()
    const { open } = tab.conversations
    vi.spyOn(tab.conversations, 'open').mockImplementation(async id => {
      if (id === ids[0]) await read.promise
      shown(id)
      return open(id)
    })
    const first = tab.converse.open(ids[0]!)
    await vi.waitFor(() => expect(tab.conversations.open).toHaveBeenCalled())
    const second = tab.converse.open(ids[1]!)
    const written = tab.says('Three?')
    read.resolve()
    await Promise.all([first, second])
    expect(tab.kept.id).toBe(ids[1])
    await written
    expect(said(tab)).toEqual(['Two?', 'Three?'])
    expect((await tab.conversations.open(ids[0]!)).turns).toHaveLength(1)
  })

  it('is shown at once, though the talk in another one waits for its model, and nobody waits for that', async () => {
    const tab = await tabOf()
    await tab.says('One?')
    await vi.waitFor(() => expect(tab.kept.id).toBeDefined())
    const { id } = tab.kept
    await tab.converse.clear()
    const found = Promise.withResolvers<typeof tab.model>()
    const open = vi.spyOn(tab.studio.languages, 'open').mockReturnValueOnce(found.promise)
    const written = tab.converse.write('Two?')
    await vi.waitFor(() => expect(open).toHaveBeenCalled())
    await tab.converse.open(id!)
    expect(said(tab)).toEqual(['One?'])
    await written
    found.resolve(tab.model)
    expect([tab.converse.state, said(tab)]).toEqual(['idle', ['One?']])
  })

  it('that is not there is told of, unless another one was asked for meanwhile', async () => {
    const tab = await tabOf()
    await tab.says('One?')
    await vi.waitFor(() => expect(tab.kept.id).toBeDefined())
    const { id } = tab.kept
    await tab.converse.clear()
    await expect(tab.converse.open('nowhere')).rejects.toMatchObject({ code: 'not-found' })
    const late = tab.converse.open('nowhere')
    await tab.converse.open(id!)
    await late
    expect(said(tab)).toEqual(['One?'])
  })
})

describe('what is typed', () => {
  it('stays with whoever wrote it until a talk has taken it', async () => {
    const tab = await tabOf()
    const taken = vi.fn()
    const open = vi.spyOn(tab.studio.languages, 'open')
    open.mockRejectedValueOnce(new SeamError('offline', 'The companion is not there.'))
    await tab.converse.write('Where is it?', taken)
    expect(tab.converse.failure?.code).toBe('offline')
    expect(taken).not.toHaveBeenCalled()
    await tab.converse.write('Where is it?', taken)
    expect(taken).toHaveBeenCalledOnce()
    await tab.become('playing')
  })

  it('is seen once, at once and afterwards, whether there is an answer or not', async () => {
    const tab = await tabOf()
    const seen = () => [...said(tab), tab.converse.caption.text].filter(text => text !== '')
    await tab.converse.write('Where is it?')
    await vi.waitFor(() => expect(seen()).toEqual(['Where is it?']), 5000)
    await tab.become('playing')
    expect(seen()).toEqual(['Where is it?'])
    tab.speaker.end()
    await tab.become('idle')
    expect(seen()).toEqual(['Where is it?'])
    tab.model.scripts = [[new SeamError('engine', 'It broke.')]]
    await tab.converse.write('And there?')
    await vi.waitFor(() => expect(tab.converse.failure).toBeDefined(), 5000)
    await tab.become('idle')
    expect(seen()).toEqual(['Where is it?', 'And there?'])
  })

  it('can be asked again after it was not answered, and the model is asked it once', async () => {
    const tab = await tabOf()
    tab.model.scripts = [[new SeamError('engine', 'It broke.')], ['Aye, aye.']]
    expect(tab.converse.unanswered).toBeUndefined()
    await tab.converse.write('Where is it?')
    await vi.waitFor(() => expect(tab.converse.unanswered).toBe('Where is it?'), 5000)
    await tab.converse.again()
    await tab.become('playing')
    expect([tab.converse.failure, tab.converse.unanswered]).toEqual([undefined, undefined])
    expect(
      tab.model.asked
        .at(-1)!
        .filter(({ role }) => role === 'user')
        .map(({ text }) => text),
    ).toEqual(['Where is it?'])
  })
})

describe('a voice whose weights are not here', () => {
  /** A studio without weights, until they are fetched. */
  async function speechless() {
    let here = false
    const pull = vi.fn(async () => void (here = true))
    const models = { state: async () => ({ state: here ? 'ready' : 'absent' }), pull }
    const tab = await tabOf({ models, meter: { persist: async () => true } } as unknown as Partial<Studio>)
    tab.speaker.player.flush = async () => {}
    return { ...tab, pull, speak: vi.spyOn(tab.studio.speech, 'speak'), offered: useConverseModel(tab.pinia) }
  }

  it('leaves the answer to be read, asks for nothing, and keeps no sound of it', async () => {
    const tab = await speechless()
    await tab.converse.write('Where is it?')
    await vi.waitFor(() => expect(tab.kept.turns).toHaveLength(1), 5000)
    expect(tab.kept.turns[0]).toMatchObject({ outcome: 'complete', reply: { heard: 'Aye, aye.', unheard: '' } })
    expect(tab.converse.silent).toBe(true)
    expect(tab.offered.offer).toBeUndefined()
    expect(tab.speak).not.toHaveBeenCalled()
    expect(tab.kept.hasSound(1, 'reply')).toBe(false)
  })

  it('is offered alone, without what hears; the next answer is spoken', async () => {
    const tab = await speechless()
    await tab.converse.write('Where is it?')
    await vi.waitFor(() => expect(tab.kept.turns).toHaveLength(1), 5000)
    await tab.converse.getVoice()
    expect(tab.offered.part).toBe('voice')
    expect(tab.offered.offer!.needs.map(({ entry }) => entry.task)).not.toContain('transcribe')
    await tab.offered.accept('Voice')
    await vi.waitFor(() => expect(tab.converse.silent).toBe(false), 5000)
    await tab.converse.write('And there?')
    await vi.waitFor(() => expect(tab.kept.turns).toHaveLength(2), 5000)
    expect(tab.speak).toHaveBeenCalledOnce()
    expect([tab.converse.silent, tab.kept.hasSound(2, 'reply')]).toEqual([false, true])
  })

  it('is offered with what hears to whoever wants to speak', async () => {
    const tab = await speechless()
    await tab.floor.press()
    await vi.waitFor(() => expect(tab.offered.part).toBe('both'))
    expect(tab.floor.live).toBe(false)
  })
})

describe('who answers', () => {
  const [nora, marcus] = INCLUDED_PERSONAS as [(typeof INCLUDED_PERSONAS)[0], (typeof INCLUDED_PERSONAS)[0]]
  const prompt = ({ model }: Awaited<ReturnType<typeof tabOf>>) => model.asked.at(-1)![0]!.text

  it('is as it was edited, when one comes back to the talk', async () => {
    const tab = await tabOf()
    const mine = await tab.personas.create({ ...newPersona('Wren'), prompt: 'You are shy.' })
    await tab.converse.choose(mine)
    await tab.says('One?')
    expect(prompt(tab)).toContain('You are shy.')
    await tab.personas.save({ ...mine, prompt: 'You are bold.' }, mine.revision)
    await tab.converse.begin({ user: 'You' })
    await tab.says('Two?')
    expect(prompt(tab)).toContain('You are bold.')
  })

  it('is not changed by what another tab chooses', async () => {
    const [here, there] = [await tabOf(), await tabOf()]
    await here.converse.begin({ user: 'You' })
    await here.says('One?')
    await there.converse.choose(marcus)
    await here.converse.begin({ user: 'You' })
    expect(here.partner.persona.name).toBe(nora.name)
    await here.says('Two?')
    expect(here.kept.turns.map(turn => turn.name)).toEqual([nora.name, nora.name])
    // One that is opened now begins with the latest choice.
    const next = await tabOf()
    await next.converse.begin({ user: 'You' })
    expect(next.partner.persona.name).toBe(marcus.name)
  })

  it('has said what he began, though somebody else is chosen before he is done', async () => {
    const tab = await tabOf()
    await tab.converse.write('One?')
    await tab.become('playing')
    await tab.converse.choose(marcus)
    tab.speaker.end()
    await tab.become('idle')
    await tab.says('Two?')
    expect(tab.kept.turns.map(turn => turn.name)).toEqual([nora.name, marcus.name])
  })

  it('is whoever was chosen last, whichever model is found first', async () => {
    const tab = await tabOf()
    await tab.says('One?')
    const slow = Promise.withResolvers<typeof tab.model>()
    vi.spyOn(tab.studio.languages, 'open').mockReturnValueOnce(slow.promise)
    const first = tab.converse.choose(marcus)
    await tab.converse.choose(nora)
    slow.resolve({ ...tab.model, info: { ...tab.model.info, id: 'slow' } } as unknown as typeof tab.model)
    await first
    expect(tab.partner.model?.id).toBe(tab.model.info.id)
    await tab.says('Two?')
    expect(prompt(tab)).toContain(nora.name)
    expect(tab.kept.turns.at(-1)!.name).toBe(nora.name)
  })
})
