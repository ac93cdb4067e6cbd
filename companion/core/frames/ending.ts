import type { PluginError } from './error-frame.ts'
import type { FrameScanner } from './scanner.ts'

/** What the end of a plugin's output means, together with how its process ended. docs/plugin-protocol.md, 4 and 5. */
export type Ending =
  /** All is well. `payload` is what was held back until now, if anything. */
  | { readonly kind: 'complete'; readonly payload: Buffer | undefined }
  /** An error of the first draft, which has no mark. */
  | { readonly kind: 'reported'; readonly error: PluginError }
  /** It failed and did not say why. */
  | { readonly kind: 'unexplained' }
  /** It ended inside a frame. */
  | { readonly kind: 'partial' }

/** @param succeeded whether the process exited with code 0 */
export function endingOf(scanner: FrameScanner, succeeded: boolean): Ending {
  const held = scanner.takeHeld()
  if (!succeeded) return held ? { kind: 'reported', error: held.error } : { kind: 'unexplained' }
  return scanner.insideFrame ? { kind: 'partial' } : { kind: 'complete', payload: held?.bytes }
}
