import type { Persona } from '#protocol/personas.ts'
import { ada } from './included/ada.ts'
import { fable } from './included/fable.ts'
import { marcus } from './included/marcus.ts'
import { nora } from './included/nora.ts'
import { wren } from './included/wren.ts'

/** Those that are there from the beginning. A page never changes them: whoever wants them otherwise makes a copy. */
export const INCLUDED_PERSONAS: readonly Persona[] = [nora, marcus, fable, ada, wren]

export const isIncluded = (id: string): boolean => id.startsWith('included:')
