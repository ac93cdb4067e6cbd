import { CONTRACT_ERRORS, RPC_ERRORS } from '#protocol/contract-errors.ts'

// The Python SDK's files that only repeat what companion/protocol says. The test beside this writes them.

const NOTE = 'Made from companion/protocol/contract-errors.ts. Not to be edited by hand.'

/** `config/error_codes.yaml`: the codes for whoever reads them. */
export function yamlErrorCodes(): string {
  const entries = CONTRACT_ERRORS.map(
    ({ code, name, text }) => `  - code: ${code}\n    name: ${name}\n    message: '${text.replaceAll("'", "''")}'\n`,
  )
  const rpc = Object.entries(RPC_ERRORS).map(([name, code]) => `  - code: ${code}\n    name: ${name}\n`)
  return `# ${NOTE}\ncontracts:\n${entries.join('')}json_rpc:\n${rpc.join('')}`
}

/** `plugins/_host/error_codes.py`: the codes for programs. */
export function pythonErrorCodes(): string {
  const codes = [
    ...CONTRACT_ERRORS.map(({ code, name }) => [name, code] as const),
    ...Object.entries(RPC_ERRORS),
    // The long names that people expect of JSON-RPC: the same members.
    ['PARSE_ERROR', RPC_ERRORS.PARSE] as const,
    ['INTERNAL_ERROR', RPC_ERRORS.INTERNAL] as const,
  ]
  return [
    `"""Codes of errors. ${NOTE}"""`,
    '',
    'from enum import IntEnum',
    '',
    '',
    'class ErrorCodes(IntEnum):',
    '    """What a plugin may answer with. Positive numbers that stand for nothing here are a plugin’s own."""',
    '',
    ...codes.map(([name, code]) => `    ${name} = ${code}`),
    '',
    '',
    'MESSAGES = {',
    ...CONTRACT_ERRORS.map(({ code, text }) => `    ${code}: ${JSON.stringify(text)},`),
    '}',
    '',
  ].join('\n')
}
