import { keptChoice } from '../kept-choice.page.ts'

/** What listens to talk, by its id; the page's own where nothing else was chosen. */
export const chosenListener = keptChoice('voxloom:listener')
