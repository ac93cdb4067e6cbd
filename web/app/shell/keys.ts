import { useEventListener } from '@vueuse/core'
import { useRouter } from 'vue-router'
import { useTransport } from '../../ui/transport.ts'
import { ROOMS } from '../rooms.ts'

/** Milliseconds in which the second key of a pair must follow. */
const PAIR = 1200
/** Seconds that an arrow key moves. */
const SKIP = 5

export interface KeyActions {
  palette(): void
  help(): void
}

/** Whether a key belongs to what is focused rather than to the shell. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null
  )
}

/** Whether Space or an arrow key already does something on the focused element. */
function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('button,a,summary,[role="slider"],[role="tab"],[role="switch"],[role="option"],[role="button"]') !==
      null
  )
}

/** The shell's keys. Each is listed in ShortcutsHelp.vue. */
export function useKeys(actions: KeyActions): void {
  const router = useRouter()
  const transport = useTransport()
  let firstOfPair = -Infinity

  useEventListener(window, 'keydown', event => {
    if (event.defaultPrevented || event.isComposing) return
    if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      actions.palette()
      return
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return

    if (event.timeStamp - firstOfPair < PAIR) {
      firstOfPair = -Infinity
      const room = ROOMS.find(({ key }) => key === event.key.toLowerCase())
      if (room) {
        event.preventDefault()
        void router.push(room.path)
        return
      }
    }
    if (event.key === 'g') firstOfPair = event.timeStamp
    else if (event.key === '?') actions.help()
    else if (!transport.attached || isControl(event.target)) return
    else if (event.key === ' ') transport.toggle()
    else if (event.key === 'ArrowLeft' && !event.shiftKey) transport.skip(-SKIP)
    else if (event.key === 'ArrowRight' && !event.shiftKey) transport.skip(SKIP)
    else return
    event.preventDefault()
  })
}
