import { computed, type ComputedRef } from 'vue'
import type { GutterMark, GutterState } from './editor/gutter.ts'
import type { Light } from './editor/lights.ts'
import { sentencesOf } from './narrating.ts'
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

const sameLit = (a: readonly Lit[], b: readonly Lit[]) =>
  a.length === b.length &&
  a.every((lit, at) => lit.paragraph === b[at]?.paragraph && lit.from === b[at]?.from && lit.to === b[at]?.to)

/** What is drawn in and beside the text of the chapter that is shown. Call in `setup`. */
export function useManuscript(): {
  marks: ComputedRef<ReadonlyMap<string, GutterMark>>
  lit: ComputedRef<Readonly<Record<Light, readonly Lit[]>>>
} {
  const project = useNarrateProject()
  const playback = useNarratePlayback()
  const voices = useNarrateVoices()

  function stateOf(sentence: ScriptSentence): GutterState {
    const state = playback.stateOf(sentence)
    return state === 'waiting' && problemOf(sentence) ? 'problem' : state
  }

  const marks = computed(() => {
    void playback.states // states are asked for again whenever one may have changed
    const map = new Map<string, GutterMark>()
    const { script } = playback
    for (const { id, voice } of project.chapter?.paragraphs ?? []) {
      const sentences = script ? sentencesOf(script, id) : []
      if (sentences.length === 0 && !voice) continue
      map.set(id, {
        sentences: sentences.map(sentence => ({ from: sentence.from, to: sentence.to, state: stateOf(sentence) })),
        ...(voice ? { speaker: blendName(voice, voices.nameOf) } : {}),
      })
    }
    return map
  })

  const inState = (wanted: GutterState) =>
    computed<readonly Lit[]>(before => {
      const found: Lit[] = []
      for (const [paragraph, { sentences }] of marks.value) {
        for (const { from, to, state } of sentences) if (state === wanted) found.push({ paragraph, from, to })
      }
      return before && sameLit(before, found) ? before : found
    })
  const rendering = inState('rendering')
  const suspect = inState('suspect')
  const problem = inState('problem')

  const spoken = computed(() => {
    const { position } = playback
    return position && playback.state !== 'idle' ? playback.script?.sentences[position.sentence] : undefined
  })
  const sentence = computed<readonly Lit[]>(() => {
    const now = spoken.value
    return now ? [{ paragraph: now.paragraph, from: now.from, to: now.to }] : []
  })
  const word = computed<readonly Lit[]>(before => {
    const now = spoken.value
    const place = playback.position?.word
    const found =
      now && place ? [{ paragraph: now.paragraph, from: now.from + place.from, to: now.from + place.to }] : []
    return before && sameLit(before, found) ? before : found
  })

  const lit = computed(() => ({
    rendering: rendering.value,
    suspect: suspect.value,
    problem: problem.value,
    sentence: sentence.value,
    word: word.value,
  }))
  return { marks, lit }
}
