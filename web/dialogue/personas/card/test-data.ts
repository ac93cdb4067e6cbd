/** A card as the first version had them. */
export const v1 = {
  name: 'Iris',
  description: 'A gardener.',
  personality: 'Dry.',
  scenario: '',
  first_mes: 'Mind the roses.',
  mes_example: '',
}

export const entry = {
  keys: ['rose'],
  content: 'Roses are her pride.',
  extensions: {},
  enabled: true,
  insertion_order: 5,
}

/** The same character in the second version. */
export const v2 = {
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    ...v1,
    system_prompt: 'Be {{char}}.',
    post_history_instructions: 'Stay brief.',
    alternate_greetings: ['Oh, a visitor.'],
    creator_notes: 'Not for the model.',
    tags: ['garden'],
    extensions: { agnai: { voice: 7 } },
    character_book: { scan_depth: 3, token_budget: 200, recursive_scanning: true, extensions: {}, entries: [entry] },
  },
}

/** When cards are written. */
export const NOW = new Date('2026-03-01T12:00:00Z')

export const dataOf = (card: Readonly<Record<string, unknown>>) => card['data'] as Record<string, unknown>
