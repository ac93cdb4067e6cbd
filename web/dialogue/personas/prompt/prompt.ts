import type { Message } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import { activeLore, type ToldLore } from './lore.ts'
import { expandMacros, type MacroValues } from './macros.ts'
import { systemText } from './system.ts'
import { estimateTokens, MESSAGE_TOKENS } from './tokens.ts'

/** What small models read at once. */
export const CONTEXT_TOKENS = 4_096
/** Left free of it for the reply, which is spoken and thus short. */
export const REPLY_TOKENS = 512

export interface PromptSetting {
  /** What the user is called. */
  readonly user: string
  /** Which greeting the talk began with: 0 for the persona's first. */
  readonly greeting?: number
  /** Tokens that the model reads at once, the reply included. */
  readonly contextTokens?: number
  /** 0…1, for the macros that play dice. */
  readonly random?: () => number
}

/** What the persona may say first, macros replaced, the usual one first. Empty ones keep their places. */
export function greetingsOf(persona: Persona, setting: PromptSetting): string[] {
  const values = valuesOf(persona, setting)
  return [persona.greeting, ...(persona.otherGreetings ?? [])].map(text => expandMacros(text, values).trim())
}

/**
 * What a language model is sent: who the persona is, the lore that the talk calls up, as much of the talk as there is room
 * for, and what is said after it. Where room is short, examples go first, then lore that allows it, then the oldest
 * messages, then all lore; the persona itself and the latest message always stay.
 * @param history of the talk, greeting included, oldest first
 */
export function promptFor(persona: Persona, history: readonly Message[], setting: PromptSetting): Message[] {
  const values = valuesOf(persona, setting)
  const lore = persona.lorebook
    ? activeLore(persona.lorebook, history, {
        greeting: setting.greeting ?? 0,
        expand: (text, hiddenKeys = false) => expandMacros(text, { ...values, hiddenKeys }),
      })
    : []
  const lasting = lore.filter(({ decorators }) => !decorators.has('ignore_on_max_context'))
  const room = (setting.contextTokens ?? CONTEXT_TOKENS) - REPLY_TOKENS
  const whole = history.reduce((sum, message) => sum + cost(message), 0)
  const plans = [
    { examples: true, told: lore, talk: whole },
    { examples: false, told: lore, talk: whole },
    { examples: false, told: lasting, talk: whole },
    { examples: false, told: lasting, talk: cost(history.at(-1) ?? { text: '' }) },
  ]
  // One after the other: the first one fits nearly always.
  const frame =
    plans
      .values()
      .map(({ examples, told, talk }) => ({ talk, ...frameOf(persona, told, values, examples) }))
      .find(({ tokens, talk }) => tokens + talk <= room) ?? frameOf(persona, [], values, false)
  return wellFormed(assemble(frame, latestWithin(history, room - frame.tokens)))
}

function valuesOf(persona: Persona, { user, random = Math.random }: PromptSetting): MacroValues {
  return { char: persona.nickname || persona.name, user, random, seed: persona.id }
}

/** Everything that is not the talk itself. */
interface Frame {
  readonly system: Message
  /** Messages between those of the talk, and before how many of the latest they stand. */
  readonly between: readonly { readonly depth: number; readonly message: Message }[]
  readonly last: readonly Message[]
  readonly tokens: number
}

function frameOf(persona: Persona, lore: readonly ToldLore[], values: MacroValues, examples: boolean): Frame {
  const inside = lore.filter(told => !isBetween(told))
  const system: Message = { role: 'system', text: systemText(persona, inside, values, examples) }
  const between = lore.filter(isBetween).map(({ content, decorators }) => ({
    depth: Number(decorators.get('depth')),
    message: { role: (decorators.get('role') ?? 'system') as Message['role'], text: content },
  }))
  const closing = expandMacros(persona.postHistory ?? '', values).trim()
  const last: Message[] = closing ? [{ role: 'system', text: closing }] : []
  const messages = [system, ...between.map(({ message }) => message), ...last]
  return { system, between, last, tokens: messages.reduce((sum, message) => sum + cost(message), 0) }
}

/** A place named beats a depth. */
const isBetween = ({ decorators }: ToldLore) => decorators.has('depth') && !decorators.has('position')

const cost = ({ text }: Pick<Message, 'text'>) => MESSAGE_TOKENS + estimateTokens(text)

/** The latest messages that fit, at least one. */
function latestWithin(history: readonly Message[], tokens: number): readonly Message[] {
  let left = tokens
  let from = history.length
  while (from > 0) {
    left -= cost(history[from - 1]!)
    if (left < 0 && from < history.length) break
    from--
  }
  return history.slice(from)
}

function assemble({ system, between, last }: Frame, history: readonly Message[]): Message[] {
  const at = (index: number) =>
    between.filter(({ depth }) => Math.max(0, history.length - depth) === index).map(({ message }) => message)
  return [system, ...history.flatMap((message, index) => [...at(index), message]), ...at(history.length), ...last]
}

/** Half a character, as broken cards have them, would not survive the way to a server. */
function wellFormed(messages: readonly Message[]): Message[] {
  return messages.map(({ role, text }) => ({ role, text: text.toWellFormed() }))
}
