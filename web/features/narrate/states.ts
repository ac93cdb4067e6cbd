import type { GutterState } from './editor/gutter.ts'

/** How each state looks: a shape and a colour, never the colour alone. */
export const STATE_ICONS: Readonly<Record<GutterState, { readonly icon: string; readonly colour: string }>> = {
  waiting: { icon: 'i-lucide-circle-dashed', colour: 'text-dimmed' },
  rendering: { icon: 'i-lucide-loader-circle', colour: 'text-warning' },
  ready: { icon: 'i-lucide-circle-check', colour: 'text-success' },
  suspect: { icon: 'i-lucide-triangle-alert', colour: 'text-error' },
  problem: { icon: 'i-lucide-circle-help', colour: 'text-muted' },
}
