import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { ACTIONS, PLACES } from '@/shell/navigation'
import { german } from './de'

const SOURCES = new URL('..', import.meta.url).pathname

/** Everything that the app says: the first argument of each `t`, with its plurals. */
function said(): Map<string, string> {
  const words = new Map<string, string>()
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || /(\.test\.ts|\.d\.ts)$/.test(file)) continue
    const text = readFileSync(join(SOURCES, file), 'utf8')
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
    const visit = (node: ts.Node) => {
      if (ts.isCallExpression(node) && /^t$/.test(node.expression.getText())) {
        const [key, options] = node.arguments
        if (key && ts.isStringLiteralLike(key)) {
          const hasPlural = options?.getText().includes('defaultValue_other') ?? false
          for (const form of hasPlural ? ['_one', '_other'] : ['']) words.set(key.text + form, file)
        }
      }
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  for (const { title, places } of PLACES) {
    for (const name of [title, ...places.map((place) => place.name)]) words.set(name, 'shell/navigation.ts')
  }
  for (const { name } of ACTIONS) words.set(name, 'shell/navigation.ts')
  return words
}

test('everything is said in German, too', () => {
  const missing = [...said()].filter(([words]) => !german[words]).map(([words, file]) => `${file}: ${words}`)
  expect(missing).toEqual([])
})

test('nothing is translated that nobody says', () => {
  const words = said()
  expect(Object.keys(german).filter((key) => !words.has(key))).toEqual([])
})

test('what is filled in is filled in in German, too', () => {
  const places = (text: string) => (text.match(/{{\w+}}/g) ?? []).sort()
  const wrong = Object.entries(german).filter(
    ([english, words]) => places(english).join() !== places(words).join(),
  )
  // "one" may be a word instead of a figure.
  expect(wrong.filter(([english]) => !english.endsWith('_one')).map(([english]) => english)).toEqual([])
})

test('no words have two translations', () => {
  const folder = new URL('./de', import.meta.url).pathname
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  const all = files.flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>),
  )
  const different = all.filter(([english, words]) => german[english] !== words)
  expect(different).toEqual([])
})
