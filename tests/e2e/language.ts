import type { Page } from 'playwright/test'

/** Has the companion ask the scripted server at `base`, and chooses its model for Converse. The page is to be open. */
export async function chooseModel(page: Page, base: string): Promise<void> {
  await page.evaluate(async base => {
    const body = JSON.stringify({ preset: 'ollama', name: 'Test', base, model: 'llama3.2:3b' })
    const headers = { 'content-type': 'application/json', 'x-voxloom': '1' }
    const answer = await fetch('/language/providers/test', { method: 'PUT', headers, body })
    if (!answer.ok) throw new Error(await answer.text())
    localStorage.setItem('voxloom:language-model', 'test:llama3.2:3b')
  }, base)
}
