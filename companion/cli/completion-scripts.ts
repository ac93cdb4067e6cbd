import type { TreeCommand } from './command-tree.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What a shell reads to complete the program's command lines. */
export function completionScript(shell: Shell, program: string, tree: readonly TreeCommand[]): string {
  return { bash, zsh, fish }[shell](program, tree)
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const valued = (tree: readonly TreeCommand[]) => [
  ...new Set(tree.flatMap(({ options }) => options.flatMap(({ names, takesValue }) => (takesValue ? names : [])))),
]

/** Walks from command to command: `case` arms that lead from one place and a word to the next place. */
const steps = (tree: readonly TreeCommand[], arm: (from: string, to: string) => string) =>
  tree
    .filter(({ path }) => path !== '')
    .map(({ path, name }) => arm(`${path.slice(0, -name.length).trim()} ${name}`, path))

// Where nothing is known, bash falls back to names of files.
const bash = (program: string, tree: readonly TreeCommand[]) => `# Completion of ${program} for bash.
_${program}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" place='' commands='' options='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place \${COMP_WORDS[i]}" in
${steps(tree, (from, to) => `      ${quote(from)}) place=${quote(to)} ;;`).join('\n')}
    esac
  done
  case "$prev" in
    ${valued(tree).join('|')}) return ;;
  esac
  case "$place" in
${tree
  .map(({ path, commands, options }) => {
    const words = quote(commands.map(({ name }) => name).join(' '))
    return `    ${quote(path)}) commands=${words} options=${quote(options.flatMap(({ names }) => names).join(' '))} ;;`
  })
  .join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  fi
}
complete -o default -F _${program} ${program}`

const zsh = (program: string, tree: readonly TreeCommand[]) => {
  const item = (name: string, description: string) => quote(`${name.replaceAll(':', '\\:')}:${description}`)
  return `#compdef ${program}
_${program}() {
  local place='' previous="$words[CURRENT-1]"
  local -i i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    case "$place $words[i]" in
${steps(tree, (from, to) => `      ${quote(from)}) place=${quote(to)} ;;`).join('\n')}
    esac
  done
  case "$previous" in
    ${valued(tree).join('|')}) _files; return ;;
  esac
  case "$place" in
${tree
  .map(
    ({ path, commands, options }) => `    ${quote(path)})
      commands=(${commands.map(({ name, description }) => item(name, description)).join(' ')})
      options=(${options.flatMap(({ names, description }) => names.map(name => item(name, description))).join(' ')})
      ;;`,
  )
  .join('\n')}
  esac
  if [[ "$words[CURRENT]" == -* ]]; then
    _describe option options
  elif ((\${#commands})); then
    _describe command commands
  else
    _files
  fi
}
if [[ "$funcstack[1]" == _${program} ]]; then _${program} "$@"; else compdef _${program} ${program}; fi`
}

const fish = (program: string, tree: readonly TreeCommand[]) => {
  const text = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = tree.flatMap(({ path, commands, options }) => {
    const at = `complete -c ${program} -n "__${program}_at '${path}'"`
    return [
      ...commands.map(({ name, description }) => `${at} -f -a ${name} -d ${text(description)}`),
      ...options.map(({ names, description, takesValue }) => {
        const flags = names.map(name => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
        return `${at} ${flags.join(' ')}${takesValue ? ' -r' : ''} -d ${text(description)}`
      }),
    ]
  })
  return `# Completion of ${program} for fish.
function __${program}_at
  set -l words (commandline -opc)
  set -e words[1]
  set -l place ''
  for word in $words
    switch "$place $word"
${steps(tree, (from, to) => `      case ${text(from)}\n        set place ${text(to)}`).join('\n')}
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}`
}
