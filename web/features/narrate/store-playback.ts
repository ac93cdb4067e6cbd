import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { Lang, VoiceBlend } from '#protocol/speech.ts'
import { useTransport, type TransportState } from '../../ui/transport.ts'
import { useStudio } from '../studio.ts'
import { isPlugins } from '../weights.ts'
import type { Place } from '../../ui/text/places.ts'
import { createTimeline, sentenceAt, type Timeline } from './narrating.ts'
import {
  createNarrator,
  type Narrator,
  type NarratorPosition,
  type NarratorState,
  type SentenceState,
} from './narrator.ts'
import { buildScript, type Script, type ScriptSentence } from './script.ts'
import { useNarrateModel } from './store-model.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'

/** Milliseconds without a key before the text is cut into sentences again. */
const SETTLE = 250
/** Milliseconds between two looks at ten thousand sentences' states. */
const REDRAW_EVERY = 250

/** What sounds: the open project's sentences, their states, and the listener's place. Outlives the room. */
export const useNarratePlayback = defineStore('narrate/playback', () => {
  const studio = useStudio()
  const project = useNarrateProject()
  const model = useNarrateModel()
  const voices = useNarrateVoices()
  const transport = useTransport()
  const narrator: Narrator = createNarrator(studio)

  const script = shallowRef<Script>()
  const state = ref<NarratorState>('idle')
  const position = shallowRef<NarratorPosition>()
  /** Raised whenever a sentence may have another state; `stateOf` itself is not reactive. */
  const states = ref(0)
  const timeline = shallowRef<Timeline>()
  /** The text keeps up with the voice, until somebody scrolls. */
  const following = ref(true)
  const error = shallowRef<SeamError>()
  /** Play was pressed while there was no text. */
  const nothing = ref(false)

  // --- the script follows the text

  let building: Promise<void> | undefined
  let stale = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let builtFor: string | undefined

  async function rebuild() {
    while (stale) {
      stale = false
      const now = project.project
      if (!now) {
        narrator.stop()
        script.value = undefined
        timeline.value = undefined
        builtFor = undefined
        return
      }
      const previous = builtFor === now.id ? script.value : undefined
      const next = await buildScript(now, studio.speech.infoOf, previous, voices.langOf)
      if (project.project?.id !== now.id) continue
      if (builtFor !== now.id) narrator.stop()
      builtFor = now.id
      script.value = next
      narrator.setScript(next)
      // What could not be read may be another text now.
      if (error.value?.code === 'bad-input') error.value = undefined
    }
  }

  /** The script of the text as it is this moment. */
  async function settled(): Promise<Script | undefined> {
    clearTimeout(timer)
    while (stale || building) {
      building ??= rebuild().finally(() => (building = undefined))
      await building
    }
    return script.value
  }

  watch(
    () => [project.project, voices.list] as const,
    ([now], old) => {
      stale = true
      clearTimeout(timer)
      const other = now?.id !== old?.[0]?.id
      timer = setTimeout(() => void settled().catch(fail), other ? 0 : SETTLE)
    },
    { immediate: true },
  )

  // --- what the narrator says

  const redraw = useThrottleFn(
    () => {
      if (!script.value) return
      timeline.value = createTimeline(script.value, narrator.duration)
      states.value++
      if (attached) transport.update({ duration: timeline.value.total })
      noteFigures()
    },
    REDRAW_EVERY,
    true,
  )

  const noteFigures = useThrottleFn(
    () => {
      const id = project.project?.id
      const figures = timeline.value
      if (id && figures && builtFor === id) {
        void studio.projects.note(id, { rendered: figures.rendered, estimated: figures.total }).catch(() => undefined)
      }
    },
    3000,
    true,
  )

  const barStates: Record<NarratorState, TransportState> = {
    idle: 'paused',
    loading: 'loading',
    playing: 'playing',
    paused: 'paused',
    starved: 'loading',
  }

  function showPosition() {
    position.value = narrator.position
    const clock = timeline.value
    const at = position.value
    if (!attached || !clock || !at) return
    const { sentences } = script.value!
    transport.update({
      position: Math.min(clock.total, clock.startOf(at.sentence) + at.at),
      duration: clock.total,
      subtitle: project.project?.chapters[sentences[at.sentence]?.chapter ?? 0]?.title ?? '',
      canPrevious: at.sentence > 0,
      canNext: at.sentence < sentences.length - 1,
    })
  }

  narrator.watch(what => {
    if (what === 'sentences') void redraw()
    else {
      if (state.value !== narrator.state) state.value = narrator.state
      // What fails before the first sound is told by `play`, which may have an answer to it.
      if (what === 'state' && narrator.failure && !starting) fail(narrator.failure)
      if (attached) transport.update({ state: barStates[state.value] })
    }
    showPosition()
  })

  function fail(cause: unknown) {
    const seen = toSeamError(cause)
    if (seen.code !== 'cancelled') error.value = seen
  }

  // --- the player bar

  let attached = false
  const controls = {
    play: () => toggle(true),
    pause: () => narrator.pause(),
    seek: (seconds: number) => {
      const clock = timeline.value
      const place = clock?.at(seconds)
      const sentence = place && script.value?.sentences[place.sentence]
      if (!clock || !place || !sentence) return
      const length = clock.startOf(place.sentence + 1) - clock.startOf(place.sentence)
      const share = length > 0 ? place.into / length : 0
      return play({ sentence: place.sentence, offset: Math.round(share * sentence.segment.text.length) })
    },
    previous: () => step(-1),
    next: () => step(1),
    setRate: (rate: number) => (narrator.rate = rate),
    setVolume: (volume: number) => (narrator.volume = volume),
  }
  function attach() {
    if (!attached) transport.attach(controls, { title: project.project?.title ?? '' })
    attached = true
    transport.update({
      title: project.project?.title ?? '',
      duration: timeline.value?.total ?? 0,
      state: barStates[state.value],
    })
    narrator.rate = transport.rate
    narrator.volume = transport.volume
  }
  watch(
    () => transport.title,
    title => {
      // Another room took the bar: the next play takes it back.
      if (attached && title !== (project.project?.title ?? '')) attached = false
    },
    { flush: 'sync' },
  )
  watch(
    () => project.project?.title,
    title => attached && transport.update({ title: title ?? '' }),
    { flush: 'sync' },
  )

  // --- actions

  let starting = false

  /** Plays; where weights are missing they are offered, and once they are here it plays. */
  async function play(from?: { sentence: number; offset?: number }): Promise<void> {
    error.value = undefined
    following.value = true
    nothing.value = (await settled())?.sentences.length === 0
    if (nothing.value) return
    attach()
    await model
      .whenReady(async () => {
        starting = true
        try {
          await narrator.play(from)
        } finally {
          starting = false
        }
      })
      .catch(fail)
  }

  async function playAt(place: Place): Promise<void> {
    const now = await settled()
    // In an empty paragraph, or behind the last word of one, the next sentence is meant; at the very end, the last.
    const next = now?.at(place.paragraph, place.offset) ?? -1
    const sentence = next >= 0 || !now ? next : sentenceAt(now, place)
    const from = now?.sentences[sentence]
    if (!from) return play()
    const inside = next >= 0 && from.paragraph === place.paragraph ? place.offset - from.from : 0
    return play({ sentence, ...(inside > 0 ? { offset: inside } : {}) })
  }

  function toggle(on = state.value === 'idle' || state.value === 'paused', from?: Place): unknown {
    if (!on) return narrator.pause()
    if (state.value === 'paused') return narrator.resume().catch(fail)
    if (state.value === 'idle') return from && !position.value ? playAt(from) : play()
    return undefined
  }

  function step(by: -1 | 1): unknown {
    const to = (position.value?.sentence ?? 0) + by
    return script.value?.sentences[to] ? play({ sentence: to }) : undefined
  }

  async function rerender(sentence: ScriptSentence): Promise<void> {
    await model.whenReady(() => narrator.rerender(sentence)).catch(fail)
  }

  /**
   * Makes everything that is missing. Run it as a job: those keep the screen awake.
   * @returns sentences that another voice says, because their own is not there
   * @throws SeamError
   */
  async function renderAll(run: Run): Promise<number> {
    await settled()
    return narrator.renderAll(run)
  }

  /** Sound that is there is judged once: ten thousand sentences are asked for their state several times a second. */
  const judged = new WeakMap<ScriptSentence, { readonly seconds: number; readonly state: SentenceState }>()
  function stateOf(sentence: ScriptSentence): SentenceState {
    const seconds = narrator.duration(sentence)
    if (seconds === undefined || narrator.isRendering(sentence)) return narrator.stateOf(sentence)
    let known = judged.get(sentence)
    if (known?.seconds !== seconds) {
      known = { seconds, state: narrator.stateOf(sentence) }
      if (known.state === 'ready' || known.state === 'suspect') judged.set(sentence, known)
    }
    return known.state
  }

  /** Languages of the sentences that are spoken by this page, and of the voices that speak them. */
  function languages(): ReadonlySet<Lang> {
    const langs = new Set<Lang>()
    const voiced = new Set<VoiceBlend>()
    for (const { segment } of script.value?.sentences ?? []) {
      if (isPlugins(segment.voice)) continue
      langs.add(segment.lang)
      voiced.add(segment.voice)
    }
    for (const { id } of [...voiced].flat()) {
      const lang = voices.byId.get(id)?.lang
      if (lang) langs.add(lang)
    }
    return langs
  }

  /** Whether every sentence's sound is there. */
  const complete = () => script.value?.sentences.every(sentence => narrator.duration(sentence) !== undefined) ?? false

  return {
    script: computed(() => script.value),
    state: computed(() => state.value),
    position: computed(() => position.value),
    states: computed(() => states.value),
    timeline: computed(() => timeline.value),
    following: computed(() => following.value),
    error: computed(() => error.value),
    nothing: computed(() => nothing.value),
    busy: computed(() => state.value === 'playing' || state.value === 'loading' || state.value === 'starved'),

    stateOf,
    duration: (sentence: ScriptSentence) => narrator.duration(sentence),
    settled,
    /** The room is shown: Space and the player bar belong to it, unless something else is playing. */
    enter() {
      if (!transport.attached || transport.state === 'paused') attach()
    },
    play,
    playAt,
    toggle,
    step,
    pause: () => narrator.pause(),
    stop: () => narrator.stop(),
    rerender,
    renderAll,
    complete,
    languages,
    follow(on: boolean) {
      following.value = on
    },
    clearError() {
      error.value = undefined
    },
  }
})
