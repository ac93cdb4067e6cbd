/** What the process of a target is to do. */
export interface Order {
  readonly target: string
  readonly seconds: number
  /** Of the random numbers. */
  readonly seed: number
  /** The file of the one input to try, instead of fuzzing. */
  readonly input: string | undefined
  /** The file in which the present input stands: its number and its length, four bytes each, then its bytes. */
  readonly present: string
}

/** Where a process is. It tells once all seeds were tried, and at its end. */
export interface Figures {
  readonly kind: 'figures'
  readonly executions: number
  /** Inputs that each did something new. */
  readonly corpus: number
  /** Branches taken at least once. */
  readonly branches: number
  /** Branches that there are in the files that were loaded. */
  readonly total: number
}

/** Something that must not be. */
export interface Finding {
  readonly kind: 'finding'
  readonly shown: string
  readonly data: Uint8Array
}
