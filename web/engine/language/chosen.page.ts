import { keptChoice } from '../kept-choice.page.ts'

/** The language model that personas without one of their own use, by its id. */
export const chosenModel = keptChoice('voxloom:language-model')
