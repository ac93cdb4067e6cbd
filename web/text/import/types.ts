/** What was done to the file on the way in, for the page to say: message keys under `import.`. */
export type ImportNote =
  | 'decoded-utf-16'
  | 'decoded-windows-1252'
  | 'nul-dropped'
  | 'lines-joined'
  | 'chapters-found'
  | 'licence-text-dropped'
  | 'formatting-dropped'
  | 'paragraphs-split'

export interface ImportedChapter {
  /** Empty where the text has no headings, or has text before the first one. */
  readonly title: string
  readonly paragraphs: readonly string[]
}

export interface ImportedText {
  readonly title: string
  readonly author?: string
  readonly chapters: readonly ImportedChapter[]
  readonly notes: readonly ImportNote[]
}

/** What a reader of one kind of file gives. */
export interface Parsed {
  readonly title?: string
  readonly author?: string
  readonly chapters: ImportedChapter[]
  readonly notes: ImportNote[]
}

/** What a worker that reads files offers, see rpc/peer.ts. */
export interface ImportCalls {
  read: { readonly input: { readonly name: string; readonly bytes: Uint8Array }; readonly output: ImportedText }
}
