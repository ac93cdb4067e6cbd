/** What the page is built from, for the list under About. Licences are SPDX. */
export const LICENCES: readonly { readonly name: string; readonly licence: string; readonly url: string }[] = [
  { name: 'Kokoro-82M', licence: 'Apache-2.0', url: 'https://huggingface.co/hexgrad/Kokoro-82M' },
  { name: 'misaki', licence: 'Apache-2.0', url: 'https://github.com/hexgrad/misaki' },
  { name: 'ONNX Runtime', licence: 'MIT', url: 'https://onnxruntime.ai' },
  { name: 'Transformers.js', licence: 'Apache-2.0', url: 'https://huggingface.co/docs/transformers.js' },
  { name: 'Mediabunny', licence: 'MPL-2.0', url: 'https://mediabunny.dev' },
  { name: 'LAME (MP3)', licence: 'LGPL-2.0-or-later', url: 'https://lame.sourceforge.io' },
  { name: 'Vue, Pinia, Vue Router, Vue I18n', licence: 'MIT', url: 'https://vuejs.org' },
  { name: 'Nuxt UI, Reka UI, Tailwind CSS', licence: 'MIT', url: 'https://ui.nuxt.com' },
  { name: 'Tiptap, ProseMirror', licence: 'MIT', url: 'https://tiptap.dev' },
  { name: 'Lucide', licence: 'ISC', url: 'https://lucide.dev' },
  { name: 'Workbox', licence: 'MIT', url: 'https://developer.chrome.com/docs/workbox' },
  { name: 'idb', licence: 'ISC', url: 'https://github.com/jakearchibald/idb' },
  { name: 'ringbuf.js', licence: 'MPL-2.0', url: 'https://github.com/padenot/ringbuf.js' },
]
