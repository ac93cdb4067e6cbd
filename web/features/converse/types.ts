/** How the user takes the floor: by holding a key, by pressing it twice, or by speaking. */
export const TALK_MODES = ['hold', 'toggle', 'hands-free'] as const
export type TalkMode = (typeof TALK_MODES)[number]
