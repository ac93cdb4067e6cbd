import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { GutterMark, GutterState } from './editor/gutter.ts'
import type { Light } from './editor/lights.ts'
import { sentencesOf } from './narrating.ts'
import type { SentenceState } from './narrator.ts'
import type { ScriptSentence } from './script.ts'
import { useNarratePlayback } from './store-playback.ts'
import { useNarrateProject } from './store.ts'
import { blendName, useNarrateVoices } from './store-voices.ts'
import { writingProblem, type WritingProblem } from './writing.ts'

interface Lit {
  readonly paragraph: string
  readonly from: number
  readonly to: number
}

const problems = new WeakMap<ScriptSentence, { readonly problem: WritingProblem | undefined }>()

/** Looked at once for each sentence: its text and language never change. */
export function problemOf(sentence: ScriptSentence): WritingProblem | undefined {
  let known = problems.get(sentence)
  if (!known) {
    known = { problem: writingProblem(sentence.segment.text, sentence.segment.lang) }
    problems.set(sentence, known)
  }
  return known.problem
}

/** What is shown of a sentence: that it can't be read matters more than that something was made of it. */
export function shownState(state: SentenceState, sentence: ScriptSentence): GutterState {
  return state !== 'rendering' && problemOf(sentence) ? 'problem' : state
}

/** More stretches than this are not painted one by one: the gutter tells of every sentence anyway. */
const MOST_LIT = 300

const sameLit = (a: readonly Lit[], b: readonly Lit[]) =>
  a.length === b.length &&
  a.every((lit, at) => lit.paragraph === b[at]?.paragraph && lit.from === b[at]?.from && lit.to === b[at]?.to)

interface Mark extends GutterMark {
  /** What it was made from: a mark is made anew only when this is another. */
  readonly from: readonly ScriptSentence[]
  readonly states: string
}

const LETTERS: Readonly<Record<GutterState, string>> = {
  waiting: 'w',
  rendering: 'm',
  ready: 'r',
  suspect: 's',
  problem: 'p',
}
const LIT_STATES = ['rendering', 'suspect', 'problem'] as const

/** What is drawn in and beside the text of the chapter that is shown. Call in `setup`. */
export function useManuscript(): {
  marks: Readonly<ShallowRef<ReadonlyMap<string, GutterMark>>>
  lit: ComputedRef<Readonly<Record<Light, readonly Lit[]>>>
} {
  const project = useNarrateProject()
  const playback = useNarratePlayback()
  const voices = useNarrateVoices()

  const marks = shallowRef<ReadonlyMap<string, Mark>>(new Map())
  const inState = shallowRef<Readonly<Record<(typeof LIT_STATES)[number], readonly Lit[]>>>({
    rendering: [],
    suspect: [],
    problem: [],
  })

  const stateOf = (sentence: ScriptSentence) => shownState(playback.stateOf(sentence), sentence)

  function look() {
    const { script } = playback
    const before = marks.value
    const next = new Map<string, Mark>()
    const found: Record<(typeof LIT_STATES)[number], Lit[]> = { rendering: [], suspect: [], problem: [] }
    for (const { id: paragraph, voice } of project.chapter?.paragraphs ?? []) {
      const sentences = script ? sentencesOf(script, paragraph) : []
      if (sentences.length === 0 && !voice) continue
      let states = ''
      for (const sentence of sentences) {
        const state = stateOf(sentence)
        states += LETTERS[state]
        if (state === 'waiting' || state === 'ready') continue
        const lit = found[state]
        if (lit.length < MOST_LIT) lit.push({ paragraph, from: sentence.from, to: sentence.to })
      }
      const speaker = voice && blendName(voice, voices.nameOf)
      const old = before.get(paragraph)
      const same = old?.from === sentences && old.states === states && old.speaker === speaker
      next.set(paragraph, same ? old : makeMark(sentences, states, speaker, stateOf))
    }
    marks.value = next
    const old = inState.value
    const kept = LIT_STATES.map(
      state => [state, sameLit(old[state], found[state]) ? old[state] : found[state]] as const,
    )
    inState.value = Object.fromEntries(kept) as typeof old
  }

  // Not with every key: states follow the script, which follows the text once the typing pauses.
  watch(() => [playback.states, playback.script, project.chapterId, voices.list], look, { immediate: true })

  const spoken = computed(() => {
    const { position } = playback
    return position && playback.state !== 'idle' ? playback.script?.sentences[position.sentence] : undefined
  })
  const sentence = computed<readonly Lit[]>(before => {
    const now = spoken.value
    const found = now ? [{ paragraph: now.paragraph, from: now.from, to: now.to }] : []
    return before && sameLit(before, found) ? before : found
  })
  const word = computed<readonly Lit[]>(before => {
    const now = spoken.value
    const place = playback.position?.word
    const found =
      now && place ? [{ paragraph: now.paragraph, from: now.from + place.from, to: now.from + place.to }] : []
    return before && sameLit(before, found) ? before : found
  })

  const lit = computed(() => ({ ...inState.value, sentence: sentence.value, word: word.value }))
  return { marks, lit }
}

function makeMark(
  from: readonly ScriptSentence[],
  states: string,
  speaker: string | undefined,
  stateOf: (sentence: ScriptSentence) => GutterState,
): Mark {
  return {
    from,
    states,
    sentences: from.map(sentence => ({ from: sentence.from, to: sentence.to, state: stateOf(sentence) })),
    ...(speaker === undefined ? {} : { speaker }),
  }
}
