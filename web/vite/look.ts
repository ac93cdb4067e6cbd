import type { NuxtUIOptions } from '@nuxt/ui/unplugin'

/** How Nuxt UI's parts differ from their defaults; colours are in web/ui/theme.css. */
export const look: NonNullable<NuxtUIOptions['ui']> = {
  colors: { primary: 'indigo', neutral: 'stone' },
  button: {
    variants: {
      // Icons as tall as the letters beside them; buttons without letters keep their height.
      size: { md: { leadingIcon: 'size-4', trailingIcon: 'size-4' } },
    },
    compoundVariants: [
      { size: 'md', square: true, class: 'p-2' },
      // At the default's 75 %, white letters on a fill under the pointer fall below a contrast of 4.5.
      { color: 'primary', variant: 'solid', class: 'hover:bg-primary/90 active:bg-primary/90' },
      { color: 'error', variant: 'solid', class: 'hover:bg-error/90 active:bg-error/90' },
    ],
  },
}
