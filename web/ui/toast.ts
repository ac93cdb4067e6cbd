import { useToast } from '@nuxt/ui/composables/useToast'
import { announce } from './announce.ts'

export interface Notice {
  readonly title: string
  readonly text?: string
  readonly kind?: 'info' | 'success' | 'warning' | 'error'
  /** One thing that the user can do about it. */
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Milliseconds; 0 keeps it until it is closed. Errors stay. */
  readonly duration?: number
}

const ICONS = {
  info: 'i-lucide-info',
  success: 'i-lucide-circle-check',
  warning: 'i-lucide-triangle-alert',
  error: 'i-lucide-circle-x',
} as const

/** A short message in the corner, read out as well. Call in `setup`. */
export function useNotices(): (notice: Notice) => void {
  const toast = useToast()
  return ({ title, text, kind = 'info', action, duration }) => {
    announce(text ? `${title} ${text}` : title, kind === 'error')
    toast.add({
      title,
      icon: ICONS[kind],
      color: kind === 'info' ? 'neutral' : kind,
      duration: duration ?? (kind === 'error' ? 0 : 6000),
      ...(text ? { description: text } : {}),
      ...(action
        ? {
            actions: [
              { label: action.label, color: 'neutral' as const, variant: 'outline' as const, onClick: action.run },
            ],
          }
        : {}),
    })
  }
}
