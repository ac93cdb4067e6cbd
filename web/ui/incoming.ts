import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** Something that another app, the system's file manager, or another room handed over. */
export interface Incoming {
  readonly title: string
  readonly text: string
  readonly files: readonly File[]
}

type Kind = 'pipeline' | 'sound' | 'text'

/** Endings of sound and video; systems often do not know their types. */
export const SOUND_ENDINGS: readonly string[] = [
  ...['wav', 'mp3', 'm4a', 'aac', 'flac', 'ogg', 'oga', 'opus', 'wma', 'amr', 'aif', 'aiff', 'caf'],
  ...['mp4', 'm4v', 'mov', 'webm', 'mkv', 'avi', '3gp', 'wmv', 'mpg', 'mpeg'],
]
const SOUND = new RegExp(`\\.(${SOUND_ENDINGS.join('|')})$`, 'i')

function kindOf({ name, type }: File): Kind {
  if (/\.cr$/i.test(name)) return 'pipeline'
  return /^(audio|video)\//.test(type) || SOUND.test(name) ? 'sound' : 'text'
}

const isKind = ({ files }: Incoming, kind: Kind): boolean =>
  files.length > 0 && files.every(file => kindOf(file) === kind)

/** Whether it is a pipeline, for the Plugins room. */
export const isPipeline = (item: Incoming): boolean => isKind(item, 'pipeline')
/** Whether it is sound or video, for Transcribe. */
export const isSound = (item: Incoming): boolean => isKind(item, 'sound')
/** Anything else is text for Narrate. */
export const isText = (item: Incoming): boolean => !isPipeline(item) && !isSound(item)

/** What waits for a room to take it: the share target, the file handlers and the rooms' bridges put it here. */
export const useIncoming = defineStore('incoming', () => {
  const waiting = shallowRef<readonly Incoming[]>([])

  /** Files for several rooms become an item for each. */
  function put(item: Incoming): void {
    if (!item.text.trim() && !item.title.trim() && item.files.length === 0) return
    const kinds = Map.groupBy(item.files, kindOf)
    const items = kinds.size > 1 ? [...kinds.values()].map(files => ({ ...item, files })) : [item]
    waiting.value = [...waiting.value, ...items]
  }

  /** Hands over what a room `fits`, once; the rest waits for another. */
  function take(fits: (item: Incoming) => boolean): readonly Incoming[] {
    const items = waiting.value.filter(fits)
    if (items.length > 0) waiting.value = waiting.value.filter(item => !items.includes(item))
    return items
  }

  return { waiting: computed(() => waiting.value), put, take }
})
