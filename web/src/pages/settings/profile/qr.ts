// QR codes (ISO/IEC 18004): bytes, error correction level L, versions 1 to 9, which hold 230 bytes.

/** Data and correction codewords of a block, and how many blocks, of versions 1 to 9. */
const BLOCKS = [
  [19, 7, 1],
  [34, 10, 1],
  [55, 15, 1],
  [80, 20, 1],
  [108, 26, 1],
  [68, 18, 2],
  [78, 20, 2],
  [97, 24, 2],
  [116, 30, 2],
] as const

/** The centres of the alignment patterns, in both directions. */
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46]]

/** The rows of the code, true for dark; undefined where the text is too long for it. */
export function qrCode(text: string): boolean[][] | undefined {
  const bytes = [...new TextEncoder().encode(text)]
  // The mode and the length take 12 bits.
  const version = BLOCKS.findIndex(([data, , count]) => bytes.length + 2 <= data * count) + 1
  if (version === 0) return undefined
  const canvas = new Canvas(version)
  canvas.drawPatterns()
  canvas.drawCodewords(codewords(bytes, version))
  return canvas.dark
}

function codewords(bytes: number[], version: number): number[] {
  const [data, correction, count] = BLOCKS[version - 1] ?? BLOCKS[0]
  // Half a byte says that bytes follow, a byte how many; everything after it is shifted by half a byte, too.
  const shifted = [
    4,
    bytes.length >> 4,
    bytes.length & 15,
    ...bytes.flatMap((byte) => [byte >> 4, byte & 15]),
    0,
  ]
  const stream: number[] = []
  for (let i = 0; i < shifted.length; i += 2) stream.push(((shifted[i] ?? 0) << 4) | (shifted[i + 1] ?? 0))
  for (let i = 0; stream.length < data * count; i++) stream.push(i % 2 === 0 ? 0xec : 0x11)
  const blocks = Array.from({ length: count }, (_, i) => stream.slice(i * data, (i + 1) * data))
  const corrections = blocks.map((block) => remainder(block, generator(correction)))
  const interleaved = (parts: number[][], length: number) =>
    Array.from({ length }, (_, i) => parts.map((part) => part[i] ?? 0)).flat()
  return [...interleaved(blocks, data), ...interleaved(corrections, correction)]
}

/** The product in the field of 256 elements by the polynomial 0x11d. */
function product(a: number, b: number): number {
  let result = 0
  for (let bit = 7; bit >= 0; bit--) {
    result = (result << 1) ^ ((result >> 7) * 0x11d)
    result ^= ((b >> bit) & 1) * a
  }
  return result
}

/** The Reed-Solomon generator polynomial of a degree, without its leading 1. */
function generator(degree: number): number[] {
  const coefficients = [...new Array<number>(degree - 1).fill(0), 1]
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      coefficients[j] = product(coefficients[j] ?? 0, root) ^ (coefficients[j + 1] ?? 0)
    }
    root = product(root, 2)
  }
  return coefficients
}

function remainder(data: number[], divisor: number[]): number[] {
  const result = divisor.map(() => 0)
  for (const byte of data) {
    const factor = byte ^ (result.shift() ?? 0)
    result.push(0)
    divisor.forEach((coefficient, i) => {
      result[i] = (result[i] ?? 0) ^ product(coefficient, factor)
    })
  }
  return result
}

/** Bits with the remainder of a polynomial behind them. */
function withRemainder(bits: number, degree: number, polynomial: number): number {
  let rest = bits
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial)
  return (bits << degree) | rest
}

/** The modules of a code while it is drawn. */
class Canvas {
  readonly size: number
  readonly dark: boolean[][]
  /** Which modules are patterns: data goes around them. */
  private readonly taken: boolean[][]

  constructor(private readonly version: number) {
    this.size = version * 4 + 17
    const empty = () => Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false))
    this.dark = empty()
    this.taken = empty()
  }

  drawPatterns() {
    const far = this.size - 4
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    for (const [row, column] of [
      [3, 3],
      [3, far],
      [far, 3],
    ] as const) {
      this.drawSquares(row, column, 4, [2, 4])
    }
    const centres = ALIGNMENT[this.version - 1] ?? []
    const last = centres.length - 1
    centres.forEach((row, i) => {
      centres.forEach((column, j) => {
        const isCorner = (i === 0 && (j === 0 || j === last)) || (i === last && j === 0)
        if (!isCorner) this.drawSquares(row, column, 2, [1])
      })
    })
    this.drawFormat()
    this.drawVersion()
  }

  /** Squares around each other: dark but for the rings at these distances. */
  private drawSquares(row: number, column: number, radius: number, light: number[]) {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        const distance = Math.max(Math.abs(x), Math.abs(y))
        this.set(row + y, column + x, !light.includes(distance))
      }
    }
  }

  /** Says which level and mask it is, twice. */
  private drawFormat() {
    // Level L is 01; the mask is 000.
    const bits = withRemainder(0b01000, 10, 0x537) ^ 0x5412
    const bit = (i: number) => ((bits >> i) & 1) === 1
    for (let i = 0; i < 8; i++) {
      this.set(i < 6 ? i : i + 1, 8, bit(i))
      this.set(8, this.size - 1 - i, bit(i))
    }
    for (let i = 8; i < 15; i++) {
      this.set(8, i === 8 ? 7 : 14 - i, bit(i))
      this.set(this.size - 15 + i, 8, bit(i))
    }
    this.set(this.size - 8, 8, true)
  }

  /** Says which version it is, twice, from version 7 on. */
  private drawVersion() {
    if (this.version < 7) return
    const bits = withRemainder(this.version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const isDark = ((bits >> i) & 1) === 1
      const [near, far] = [Math.floor(i / 3), this.size - 11 + (i % 3)]
      this.set(near, far, isDark)
      this.set(far, near, isDark)
    }
  }

  /** Draws upwards and downwards in columns of two, from the right. Any mask makes a code that can be read: this is the first. */
  drawCodewords(words: number[]) {
    let i = 0
    for (let right = this.size - 1; right > 0; right -= 2) {
      if (right === 6) right = 5
      const isUpward = ((right + 1) & 2) === 0
      for (let step = 0; step < this.size; step++) {
        const row = isUpward ? this.size - 1 - step : step
        for (const column of [right, right - 1]) {
          if (this.taken[row]?.[column]) continue
          const bit = (((words[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1
          i++
          this.set(row, column, bit !== ((row + column) % 2 === 0))
        }
      }
    }
  }

  private set(row: number, column: number, isDark: boolean) {
    const [modules, taken] = [this.dark[row], this.taken[row]]
    if (!modules || !taken || column < 0 || column >= this.size) return
    modules[column] = isDark
    taken[column] = true
  }
}
