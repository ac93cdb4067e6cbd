import { SeamError } from '#protocol/errors.ts'
import type { Project } from '#protocol/projects.ts'
import { isRecord, type Json } from './json.ts'

// Far beyond any book, near enough that a hostile file can't freeze the page.
export const MAX_CHAPTERS = 10_000
export const MAX_PARAGRAPHS = 500_000
export const MAX_LEXICON = 50_000
export const MAX_BLEND = 32
export const MAX_LABEL = 2_000
export const MAX_ID = 200

/**
 * Checks a project from outside, field by field. Fields that this version doesn't know are kept as they are.
 * @throws SeamError bad-input naming the field
 */
export function checkProject(value: Json): Project {
  const project = record(value, 'project')
  label(project.id, 'id', MAX_ID, 1)
  label(project.title, 'title')
  if (project.author !== undefined) label(project.author, 'author')
  moment(project.createdAt, 'createdAt')
  moment(project.updatedAt, 'updatedAt')
  if (project.openedAt !== undefined) moment(project.openedAt, 'openedAt')
  if (!Number.isSafeInteger(project.revision) || (project.revision as number) < 0) fail('revision', 'a whole number')
  checkSettings(project.settings)
  list(project.lexicon, 'lexicon', MAX_LEXICON).forEach(checkWord)
  checkChapters(project.chapters)
  return value as unknown as Project
}

function checkSettings(value: unknown): void {
  const settings = record(value, 'settings')
  label(settings.lang, 'settings.lang', MAX_ID, 1)
  label(settings.engine, 'settings.engine', MAX_ID, 1)
  blend(settings.voice, 'settings.voice')
  number(settings.speed, 'settings.speed', 0.5, 2)
  const pauses = record(settings.pauses, 'settings.pauses')
  for (const name of ['sentence', 'paragraph', 'chapter']) number(pauses[name], `settings.pauses.${name}`, 0, 60)
}

function checkWord(value: unknown, index: number): void {
  const at = `lexicon[${index}]`
  const entry = record(value, at)
  label(entry.word, `${at}.word`, MAX_LABEL, 1)
  if (entry.as !== undefined) label(entry.as, `${at}.as`)
  if (entry.ipa !== undefined) label(entry.ipa, `${at}.ipa`)
  if (entry.exactCase !== undefined && typeof entry.exactCase !== 'boolean') fail(`${at}.exactCase`, 'true or false')
}

function checkChapters(value: unknown): void {
  const chapterIds = new Set<string>()
  const paragraphIds = new Set<string>()
  list(value, 'chapters', MAX_CHAPTERS).forEach((each, chapterIndex) => {
    const at = `chapters[${chapterIndex}]`
    const chapter = record(each, at)
    unique(chapter.id, `${at}.id`, chapterIds)
    label(chapter.title, `${at}.title`)
    list(chapter.paragraphs, `${at}.paragraphs`, MAX_PARAGRAPHS).forEach((one, index) => {
      const place = `${at}.paragraphs[${index}]`
      const paragraph = record(one, place)
      unique(paragraph.id, `${place}.id`, paragraphIds)
      if (typeof paragraph.text !== 'string') fail(`${place}.text`, 'text')
      if (paragraph.voice !== undefined) blend(paragraph.voice, `${place}.voice`)
    })
    if (paragraphIds.size > MAX_PARAGRAPHS) fail('chapters', `at most ${MAX_PARAGRAPHS} paragraphs in all`)
  })
}

function record(value: unknown, field: string): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : fail(field, 'an object')
}

function list(value: unknown, field: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) return fail(field, 'a list')
  return value.length <= most ? (value as readonly unknown[]) : fail(field, `a list of at most ${most}`)
}

function label(value: unknown, field: string, longest = MAX_LABEL, shortest = 0): string {
  if (typeof value !== 'string') return fail(field, 'text')
  if (value.length < shortest || value.length > longest) return fail(field, `${shortest} to ${longest} characters long`)
  return value
}

function unique(value: unknown, field: string, seen: Set<string>): void {
  const id = label(value, field, MAX_ID, 1)
  if (seen.has(id)) fail(field, 'used once only')
  seen.add(id)
}

function moment(value: unknown, field: string): void {
  const good =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  if (!good) fail(field, 'a moment in UTC, such as 2026-01-31T12:00:00.000Z')
}

function number(value: unknown, field: string, least: number, most: number): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) fail(field, `a number from ${least} to ${most}`)
}

function blend(value: unknown, field: string): void {
  const voices = list(value, field, MAX_BLEND)
  if (voices.length === 0) fail(field, 'at least one voice')
  voices.forEach((each, index) => {
    const voice = record(each, `${field}[${index}]`)
    label(voice.id, `${field}[${index}].id`, MAX_ID, 1)
    number(voice.weight, `${field}[${index}].weight`, Number.MIN_VALUE, Number.MAX_VALUE)
  })
}

function fail(field: string, expected: string): never {
  throw new SeamError('bad-input', `In the archive’s project, “${field}” must be ${expected}. Nothing was imported.`, {
    details: { field },
  })
}
