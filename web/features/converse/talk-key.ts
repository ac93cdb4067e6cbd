import { useEventListener } from '@vueuse/core'

/** What lies over the room and has keys of its own. */
const LAYERS = '[role="menu"],[role="dialog"],[role="alertdialog"],[role="listbox"]'

/** Whether the space bar already means something to what has the focus. */
function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest(`input,textarea,select,button,a,summary,[role="slider"],${LAYERS}`) !== null)
  )
}

/** The space bar anywhere in the room is the round button. Call in `setup`. */
export function useTalkKey(button: { press(): void; release(): void }): void {
  let down = false
  const up = () => {
    if (!down) return
    down = false
    button.release()
  }
  useEventListener(
    window,
    'keydown',
    event => {
      if (event.code !== 'Space' || event.metaKey || event.ctrlKey || event.altKey || isTaken(event.target)) return
      // Before the shell, to which it means play.
      event.preventDefault()
      event.stopImmediatePropagation()
      if (event.repeat || down) return
      down = true
      button.press()
    },
    { capture: true },
  )
  useEventListener(window, 'keyup', event => event.code === 'Space' && up())
  useEventListener(window, 'blur', up)
}

/** Escape gives up what goes on, unless it closes something that lies over the room. Call in `setup`. */
export function useEscape(giveUp: () => void): void {
  useEventListener(
    window,
    'keydown',
    event => {
      // One that ends the writing of a character is the keyboard's own.
      if (event.key !== 'Escape' || event.isComposing || document.querySelector(LAYERS)) return
      giveUp()
    },
    // Before the layer is gone.
    { capture: true },
  )
}
