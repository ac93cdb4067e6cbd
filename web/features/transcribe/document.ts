import type { Caption } from '#protocol/transcribe.ts'
import { PARAGRAPH_PAUSE } from '#text/captions/plain.ts'
import type {
  Transcript,
  TranscriptParagraph,
  TranscriptSource,
  TranscriptWord,
} from '../../storage/transcripts-types.ts'
import { newId } from '../../ui/new-id.ts'
import { realign, spread, tokensOf } from './realign.ts'

// Changes to a transcript as pure functions: whatever a change does not touch keeps its identity, so that undo is a list
// of transcripts that share nearly everything, and whoever watches can tell by `===` what to do again.

/** A paragraph as the editor has it. */
export interface Block {
  readonly id: string
  readonly text: string
  readonly speaker?: string
}

/** UTF-16 units after which a paragraph ends with the next sentence, and after which it ends at once. */
export const LONG_PARAGRAPH = 600
export const LONGEST_PARAGRAPH = 1200
const SENTENCE_END = /[.!?…。！？]["'”’»)\]」』]*$/u

/** A transcript that was never stored: revision 0. */
export function newTranscript(source: TranscriptSource, title: string, lang: string): Transcript {
  const now = new Date().toISOString()
  return {
    id: newId(),
    title,
    createdAt: now,
    updatedAt: now,
    revision: 0,
    source,
    lang,
    state: source.kind === 'file' ? 'waiting' : 'recording',
    reached: 0,
    listen: source.kind === 'file' ? 'file' : 'pcm',
    speakers: [],
    paragraphs: [],
  }
}

/** A file's name without its ending. */
export const titleOf = (name: string): string => name.replace(/\.[^.]{1,8}$/, '').trim() || name

function wordsOf({ text, words, start, end, doubt }: Caption, offset: number): TranscriptWord[] {
  const said =
    words.length > 0
      ? words.map(({ from, to, start, end, confidence }) => ({
          from,
          to,
          start,
          end,
          ...(confidence === undefined ? {} : { confidence }),
        }))
      : spread(text, tokensOf(text), start, end)
  return said.map(word => ({
    ...word,
    start: word.start + offset,
    end: word.end + offset,
    ...(doubt ? { doubt } : {}),
  }))
}

function goesOn(last: TranscriptParagraph | undefined, start: number): last is TranscriptParagraph {
  if (!last || start - last.end >= PARAGRAPH_PAUSE) return false
  if (last.text.length >= LONGEST_PARAGRAPH) return false
  return last.text.length < LONG_PARAGRAPH || !SENTENCE_END.test(last.text)
}

/** What was said next. @param offset seconds of sound that lie before the caption's times */
export function appendCaption(transcript: Transcript, caption: Caption, offset = 0): Transcript {
  const text = caption.text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, ' ').trimEnd()
  if (text.trim() === '') return transcript
  const words = wordsOf({ ...caption, text }, offset)
  const start = caption.start + offset
  const end = caption.end + offset
  const last = transcript.paragraphs.at(-1)
  const reached = Math.max(transcript.reached, end)
  if (!goesOn(last, start)) {
    const paragraph = { id: newId(), text, start, end, words }
    return { ...transcript, reached, paragraphs: [...transcript.paragraphs, paragraph] }
  }
  const gap = last.text === '' || /^\s/.test(text) ? '' : ' '
  const shift = last.text.length + gap.length
  const joined: TranscriptParagraph = {
    ...last,
    text: last.text + gap + text,
    end: Math.max(last.end, end),
    words: [...last.words, ...words.map(word => ({ ...word, from: word.from + shift, to: word.to + shift }))],
  }
  return { ...transcript, reached, paragraphs: [...transcript.paragraphs.slice(0, -1), joined] }
}

const isSame = (old: TranscriptParagraph | undefined, block: Block | undefined) =>
  old !== undefined && block !== undefined && old.id === block.id && old.text === block.text

function withSpeaker(paragraph: TranscriptParagraph, speaker: string | undefined): TranscriptParagraph {
  if (paragraph.speaker === speaker) return paragraph
  const { speaker: _, ...rest } = paragraph
  return speaker === undefined ? rest : { ...rest, speaker }
}

/** A paragraph of `block`, with the words that lie in it. */
function paragraphOf(block: Block, words: readonly TranscriptWord[], within: { start: number; end: number }) {
  const start = words[0]?.start ?? within.start
  const paragraph = {
    id: block.id,
    text: block.text,
    start,
    end: Math.max(start, words.at(-1)?.end ?? within.end),
    words,
  }
  return withSpeaker(paragraph, block.speaker)
}

/**
 * The text as it was edited. Words keep their times where they survive, whatever was typed, split, joined or pasted: the
 * paragraphs that differ are compared as one text.
 */
export function setBlocks(transcript: Transcript, blocks: readonly Block[]): Transcript {
  const old = transcript.paragraphs
  let head = 0
  while (head < old.length && isSame(old[head], blocks[head])) head++
  let tail = 0
  const most = Math.min(old.length, blocks.length) - head
  while (tail < most && isSame(old[old.length - 1 - tail], blocks[blocks.length - 1 - tail])) tail++

  const before = old.slice(head, old.length - tail)
  const after = blocks.slice(head, blocks.length - tail)
  const same = [...old.slice(0, head), ...old.slice(old.length - tail)]
  const kept = same.map((paragraph, at) =>
    withSpeaker(paragraph, blocks[at < head ? at : blocks.length - (same.length - at)]!.speaker),
  )
  const within = {
    start: before[0]?.start ?? old[head - 1]?.end ?? 0,
    end: before.at(-1)?.end ?? old[old.length - tail]?.start ?? old.at(-1)?.end ?? 0,
  }
  const middle =
    before.length === after.length && before.every(({ id }, at) => id === after[at]?.id)
      ? after.map((block, at) => reworded(before[at]!, block))
      : reflow(before, after, within)
  const paragraphs = [...kept.slice(0, head), ...middle, ...kept.slice(head)]
  if (paragraphs.length === old.length && paragraphs.every((paragraph, at) => paragraph === old[at])) return transcript
  return withoutUnused({ ...transcript, paragraphs })
}

function reworded(old: TranscriptParagraph, block: Block): TranscriptParagraph {
  if (isSame(old, block)) return withSpeaker(old, block.speaker)
  return paragraphOf(block, realign(old, block.text, old), old)
}

function reflow(
  before: readonly TranscriptParagraph[],
  after: readonly Block[],
  within: { start: number; end: number },
): TranscriptParagraph[] {
  let text = ''
  const words: TranscriptWord[] = []
  for (const paragraph of before) {
    const shift = text.length
    for (const word of paragraph.words) words.push({ ...word, from: word.from + shift, to: word.to + shift })
    text += `${paragraph.text}\n`
  }
  const next = after.map(block => `${block.text}\n`).join('')
  const found = realign({ text, words }, next, within)
  let from = 0
  let at = 0
  let reached = within.start
  return after.map(block => {
    const to = from + block.text.length
    const own: TranscriptWord[] = []
    while (at < found.length && found[at]!.from < to) {
      const word = found[at++]!
      own.push({ ...word, from: word.from - from, to: Math.min(word.to, to) - from })
    }
    from = to + 1
    const paragraph = paragraphOf(block, own, { start: reached, end: reached })
    reached = paragraph.end
    return paragraph
  })
}

/** Speakers whom no paragraph names are forgotten. */
function withoutUnused(transcript: Transcript): Transcript {
  const named = new Set(transcript.paragraphs.map(({ speaker }) => speaker))
  const speakers = transcript.speakers.filter(({ id }) => named.has(id))
  return speakers.length === transcript.speakers.length ? transcript : { ...transcript, speakers }
}

/** @param speaker undefined takes the name away */
export function setSpeaker(transcript: Transcript, paragraph: string, speaker: string | undefined): Transcript {
  const paragraphs = transcript.paragraphs.map(old => (old.id === paragraph ? withSpeaker(old, speaker) : old))
  return withoutUnused({ ...transcript, paragraphs })
}

/** Somebody who was not named before says this paragraph. A name that is there already is the same person. */
export function setNewSpeaker(transcript: Transcript, paragraph: string, name: string): Transcript {
  const known = transcript.speakers.find(speaker => speaker.name === name)
  if (known) return setSpeaker(transcript, paragraph, known.id)
  const speaker = { id: newId(), name }
  return setSpeaker({ ...transcript, speakers: [...transcript.speakers, speaker] }, paragraph, speaker.id)
}

/** Everywhere at once. A name that is there already makes the two one person. */
export function renameSpeaker(transcript: Transcript, id: string, name: string): Transcript {
  const other = transcript.speakers.find(speaker => speaker.name === name && speaker.id !== id)
  if (!other) {
    const speakers = transcript.speakers.map(speaker => (speaker.id === id ? { ...speaker, name } : speaker))
    return { ...transcript, speakers }
  }
  const paragraphs = transcript.paragraphs.map(old => (old.speaker === id ? withSpeaker(old, other.id) : old))
  return withoutUnused({ ...transcript, paragraphs })
}

/** A person has looked at a word: it is right. */
export function confirmWord(transcript: Transcript, paragraph: string, offset: number): Transcript {
  const paragraphs = transcript.paragraphs.map(old => {
    if (old.id !== paragraph) return old
    const words = old.words.map(word => {
      if (offset < word.from || offset > word.to) return word
      const { confidence: _, doubt: __, ...rest } = word
      return rest
    })
    return { ...old, words }
  })
  return { ...transcript, paragraphs }
}
