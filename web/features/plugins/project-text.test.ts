import { expect, it } from 'vitest'
import type { Chapter, Project } from '#protocol/projects.ts'
import { projectText } from './project-text.ts'

const chapter = (title: string, ...texts: string[]): Chapter => ({
  id: title,
  title,
  paragraphs: texts.map((text, at) => ({ id: String(at), text })),
})
const project = (...chapters: Chapter[]) => ({ chapters }) as unknown as Project

it('is its paragraphs with a blank line between', () => {
  expect(projectText(project(chapter('Chapter 1', 'One.', '', ' Two. ')))).toBe('One.\n\nTwo.\n')
})

it('has titles where there are several chapters, so that it can be cut there', () => {
  expect(projectText(project(chapter('Chapter 1', 'One.'), chapter('Chapter 2', 'Two.')))).toBe(
    'Chapter 1\n\nOne.\n\nChapter 2\n\nTwo.\n',
  )
})

it('leaves out what only the Narrate room understands, and keeps brackets that mean nothing', () => {
  const text = 'He ate [pause 500ms] a [tomato](/təmˈɑːtQ/), [sic] and left.'
  expect(projectText(project(chapter('', text)))).toBe('He ate a tomato, [sic] and left.\n')
})

it('of an empty project is nothing', () => {
  expect(projectText(project(chapter('Chapter 1', '', ' ')))).toBe('')
})
