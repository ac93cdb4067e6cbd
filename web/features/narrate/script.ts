import type { SegmentId } from '#protocol/pcm.ts'
import type { Paragraph, Project } from '#protocol/projects.ts'
import type { EngineInfo, Lang, Segment, VoiceBlend } from '#protocol/speech.ts'
import { ESPEAK_VOICES } from '#text/g2p/espeak.ts'
import { applies } from '#text/lexicon/lexicon.ts'
import { loadSegmenter, type Segmenter } from '#text/segment/segmenter.ts'
import { segmentKey, shortHash } from './script-hash.ts'

/** One sentence of a project, ready to be spoken. */
export interface ScriptSentence {
  readonly id: SegmentId
  /** Index in the project's chapters. */
  readonly chapter: number
  /** Paragraph id. */
  readonly paragraph: string
  /** UTF-16 offsets in the paragraph's text, `to` exclusive. */
  readonly from: number
  readonly to: number
  readonly segment: Segment
  /** Hash of all that makes its sound: the name under which the sound is kept. */
  readonly key: string
}

/** A project's text as sentences, in reading order. */
export interface Script {
  readonly sentences: readonly ScriptSentence[]
  /** −1 when the sentence is no longer there. */
  indexOf(id: SegmentId): number
  /** The sentence at an offset of a paragraph, or the next one after it; −1 when there is none. */
  at(paragraph: string, offset: number): number
  /** What buildScript takes over for paragraphs that did not change. */
  readonly reuse: ReadonlyMap<string, ParagraphScript>
}

interface ParagraphScript {
  /** Everything that the sentences below were made from. */
  readonly fingerprint: string
  readonly sentences: readonly ScriptSentence[]
}

/**
 * Finds the sentences of a project. Only paragraphs that changed are segmented and hashed again.
 * @param infoOf what makes the sound of a voice
 * @param langOf the language that a voice speaks, where it is not the project's
 */
export async function buildScript(
  project: Project,
  infoOf: (voice: VoiceBlend) => EngineInfo,
  previous?: Script,
  langOf: (voice: VoiceBlend) => Lang | undefined = () => undefined,
): Promise<Script> {
  const segmenter = await loadSegmenter()
  const { settings, lexicon } = project
  const common = JSON.stringify([settings.lang, settings.speed, settings.pauses, lexicon])
  const reuse = new Map<string, ParagraphScript>()
  const pending: Promise<void>[] = []
  for (const [chapter, { paragraphs }] of project.chapters.entries()) {
    for (const [index, paragraph] of paragraphs.entries()) {
      const voice = paragraph.voice ?? settings.voice
      // A text in a language that has no voices of its own is read by any.
      const lang = settings.lang in ESPEAK_VOICES ? settings.lang : (langOf(voice) ?? settings.lang)
      const end = index === paragraphs.length - 1 ? settings.pauses.chapter : settings.pauses.paragraph
      const engine = infoOf(voice)
      const fingerprint = `${chapter}|${end}|${lang}|${engine.id}|${engine.version}|${JSON.stringify(voice)}|${common}|${paragraph.text}`
      const before = previous?.reuse.get(paragraph.id)
      if (before?.fingerprint === fingerprint) {
        reuse.set(paragraph.id, before)
        continue
      }
      const context = { chapter, paragraph, project, engine, voice, lang, end, segmenter }
      // Set now for the order, filled below: hashing ten thousand sentences one after the other would take seconds.
      reuse.set(paragraph.id, { fingerprint, sentences: [] })
      pending.push(sentencesOf(context).then(sentences => void reuse.set(paragraph.id, { fingerprint, sentences })))
    }
  }
  await Promise.all(pending)
  return indexed(reuse)
}

interface Context {
  readonly chapter: number
  readonly paragraph: Paragraph
  readonly project: Project
  readonly engine: EngineInfo
  readonly voice: VoiceBlend
  readonly lang: Lang
  /** Silence after the paragraph, seconds. */
  readonly end: number
  readonly segmenter: Segmenter
}

async function sentencesOf({ chapter, paragraph, project, engine, voice, lang, end, segmenter }: Context) {
  const { settings, lexicon } = project
  const spans = segmenter.sentences(paragraph.text, lang)
  const seen = new Map<string, number>()
  return Promise.all(
    spans.map(async ({ from, to }, index): Promise<ScriptSentence> => {
      const text = paragraph.text.slice(from, to)
      const hash = shortHash(text)
      const occurrence = seen.get(hash) ?? 0
      seen.set(hash, occurrence + 1)
      const segment: Segment = {
        id: `${paragraph.id}:${hash}:${occurrence}`,
        text,
        lang,
        voice,
        speed: settings.speed,
        lexicon: applies(lexicon, text, lang),
        pauseAfter: index === spans.length - 1 ? end : settings.pauses.sentence,
      }
      return {
        id: segment.id,
        chapter,
        paragraph: paragraph.id,
        from,
        to,
        segment,
        key: await segmentKey(segment, engine),
      }
    }),
  )
}

function indexed(reuse: ReadonlyMap<string, ParagraphScript>): Script {
  const sentences: ScriptSentence[] = []
  const first = new Map<string, number>()
  for (const [paragraph, part] of reuse) {
    first.set(paragraph, sentences.length)
    sentences.push(...part.sentences)
  }
  const indices = new Map(sentences.map(({ id }, index) => [id, index]))
  return {
    sentences,
    reuse,
    indexOf: id => indices.get(id) ?? -1,
    at(paragraph, offset) {
      for (let index = first.get(paragraph) ?? sentences.length; index < sentences.length; index++) {
        const sentence = sentences[index]!
        if (sentence.paragraph !== paragraph || offset < sentence.to) return index
      }
      return -1
    },
  }
}
