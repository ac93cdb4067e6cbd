/** Written by Nuxt UI's plug-in: every icon that the sources name, as data. */
declare module 'virtual:nuxt-ui-icons' {
  import type { IconifyIcon } from '@iconify/vue'
  export function init(add: (name: string, icon: IconifyIcon) => boolean): void
}

/** The version in package.json, put in by vite.config.ts. */
declare const __VOXLOOM_VERSION__: string
