/** What is lit in a chapter's text. Later ones lie over earlier ones. */
export const LIGHTS = ['rendering', 'suspect', 'problem', 'sentence', 'word'] as const
export type Light = (typeof LIGHTS)[number]
