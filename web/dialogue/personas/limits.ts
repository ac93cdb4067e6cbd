/** Bytes of one file that holds a persona. */
export const MAX_CARD_FILE = 100_000_000
/** Bytes of the card itself, without pictures. */
export const MAX_CARD_JSON = 16_000_000
/** Objects and arrays within each other in a card. */
export const MAX_CARD_DEPTH = 64
/** Chunks of a PNG: pictures have tens, animations some thousands. */
export const MAX_PNG_CHUNKS = 20_000
/** Bytes of everything in a `.charx` archive, unpacked. */
export const MAX_ARCHIVE_BYTES = 200_000_000
/** Files in a `.charx` archive. */
export const MAX_ARCHIVE_FILES = 2_000
/** Characters of a YAML file: its parser takes its time over brackets. */
export const MAX_YAML = 300_000
/** Personas in one YAML file. */
export const MAX_YAML_PERSONAS = 100

/** UTF-16 units. */
export const MAX_PERSONA_NAME = 200
/** UTF-16 units of each text: prompt, description, greeting, content of an entry and so on. */
export const MAX_PERSONA_TEXT = 100_000
export const MAX_GREETINGS = 100
/** Voices in one blend. */
export const MAX_VOICES = 8
export const MAX_LORE_ENTRIES = 5_000
/** Keys of one entry, secondary ones counted apart. */
export const MAX_LORE_KEYS = 100
/** UTF-16 units of one key. */
export const MAX_LORE_KEY = 500

export const SPEED_RANGE = { min: 0.5, max: 2 } as const
export const TEMPERATURE_RANGE = { min: 0, max: 2 } as const
