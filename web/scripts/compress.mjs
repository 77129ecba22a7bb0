// Compresses what was built, once and for all: the program hands it out as it is.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const folder = new URL('../dist', import.meta.url).pathname
for (const file of readdirSync(folder, { recursive: true })) {
  if (/\.(js|css|html|svg|json|webmanifest)$/.test(file)) {
    const path = join(folder, file)
    const content = readFileSync(path)
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    }
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params }))
  }
}
