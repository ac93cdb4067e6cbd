/** Where the caret stood, kept in this browser beside the projects: it is nobody's text, and changes too often. */
export interface Cursor {
  readonly chapter: string
  readonly paragraph: string
  /** UTF-16 units into the paragraph. */
  readonly offset: number
}

const KEY = 'voxloom.narrate.cursors'
const MOST = 200

function readAll(): [string, Cursor][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(row => Array.isArray(row) && typeof row[1]?.paragraph === 'string') : []
  } catch {
    return [] // no storage, or not ours: a caret at the start is no loss
  }
}

export function readCursor(project: string): Cursor | undefined {
  return readAll().find(([id]) => id === project)?.[1]
}

export function writeCursor(project: string, cursor: Cursor): void {
  const others = readAll().filter(([id]) => id !== project)
  try {
    localStorage.setItem(KEY, JSON.stringify([[project, cursor], ...others].slice(0, MOST)))
  } catch {
    // a private window, or no room left
  }
}
