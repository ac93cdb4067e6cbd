import js from '@eslint/js'
import boundaries from 'eslint-plugin-boundaries'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

/** Each room of the house: what it is called here, where it lies, and which rooms it may import. */
const rooms = [
  ['protocol', 'companion/protocol', []],
  ['text', 'web/text', ['protocol']],
  ['dsp', 'web/audio/dsp', ['protocol']],
  ['audio', 'web/audio', ['protocol', 'dsp']],
  ['ui', 'web/ui', ['protocol']],
  ['rpc', 'web/rpc', ['protocol']],
  ['storage', 'web/storage', ['protocol']],
  // A worker reads its weights itself: nothing may pass them through the page.
  ['engine', 'web/engine', ['protocol', 'text', 'dsp', 'rpc', 'storage']],
  ['dialogue', 'web/dialogue', ['protocol', 'text']],
  ['export', 'web/export', ['protocol', 'audio', 'dsp', 'rpc']],
  ['client', 'web/companion', ['protocol', 'rpc']],
  [
    'feature',
    'web/features/*',
    ['protocol', 'text', 'dsp', 'dialogue', 'audio', 'ui', 'rpc', 'storage', 'engine', 'export', 'client'],
  ],
  [
    'app',
    'web/app',
    ['protocol', 'text', 'dsp', 'dialogue', 'audio', 'ui', 'rpc', 'storage', 'engine', 'export', 'client', 'feature'],
  ],
  ['build', 'web/vite', ['protocol']],
  ['core', 'companion/core', ['protocol', 'text', 'dsp', 'dialogue', 'engine']],
  ['daemon', 'companion/daemon', ['protocol', 'core']],
  ['cli', 'companion/cli', ['protocol', 'core', 'daemon']],
  ['sdk', 'plugins/sdk/typescript', ['protocol']],
  // Our own voice reuses the speech of the core; a stranger's plugin needs the SDK alone.
  // Not the room of that name, which has folders too.
  ['plugin', 'plugins/!(components|contracts|locales)', ['protocol', 'text', 'dsp', 'engine', 'core', 'sdk']],
]

const advice = {
  protocol: 'The protocol is what everybody imports; it imports nobody. Move the type you need into it.',
  feature:
    'A room never imports another room. Offer what they share through web/ui, a seam type, or a bridge in web/app.',
  core: 'The core imports protocol and the portable rooms alone. What it needs from above is passed in.',
}

export default ts.config(
  {
    ignores: [
      'plugins/**/target',
      'dist',
      '.build',
      '.cache',
      'models',
      'node_modules',
      'tests/fixtures',
      'test-results',
    ],
  },
  js.configs.recommended,
  ts.configs.recommended,
  vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      // Prettier lays templates out.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
    },
  },
  {
    files: ['**/*.{ts,vue}'],
    rules: {
      'no-undef': 'off',
      'no-control-regex': 'off',
      'no-empty-pattern': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['web/**/*.{ts,vue}', 'companion/**/*.ts', 'plugins/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**', '**/test-data.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { './eslint.resolver.cjs': {} },
      'boundaries/elements': rooms.map(([type, pattern]) => ({
        type,
        pattern,
        ...(type === 'feature' ? { capture: ['name'] } : {}),
      })),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'allow',
          policies: rooms.map(([type, , allowed]) => ({
            from: { element: { type } },
            disallow: {
              to: {
                element: { types: { anyOf: rooms.map(([name]) => name).filter(name => !allowed.includes(name)) } },
              },
            },
            message:
              advice[type] ??
              `Imports run one way: "${type}" may use ${allowed.join(', ')}. Pass in what lies above, or move the shared part down.`,
          })),
        },
      ],
    },
  },
  {
    files: ['**/*.cjs', '**/*.js', '**/*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
)
