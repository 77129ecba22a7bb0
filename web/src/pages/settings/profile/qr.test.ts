import { expect, test } from 'vitest'
import { qrCode } from './qr'

const drawn = (text: string) => qrCode(text)?.map((row) => row.map((isDark) => (isDark ? '#' : '.')).join(''))

// Both as another encoder draws them.
test('a short text is drawn as the standard says', () => {
  expect(drawn('Tollgate')).toEqual([
    '#######...#.#.#######',
    '#.....#.....#.#.....#',
    '#.###.#.#.#...#.###.#',
    '#.###.#.....#.#.###.#',
    '#.###.#..#.##.#.###.#',
    '#.....#..###..#.....#',
    '#######.#.#.#.#######',
    '........#.#..........',
    '###.#####.#.###...#..',
    '#.#....##.##...##.###',
    '#####.#..###.#####.##',
    '##...#.#..####.#...#.',
    '#.##..##...#..###..##',
    '........#.....#.#.#..',
    '#######.###.#..##.###',
    '#.....#.#.#...#....#.',
    '#.###.#.###.#.#.#....',
    '#.###.#....#.#.##.##.',
    '#.###.#.#..#.####.#.#',
    '#.....#.######..#..#.',
    '#######.####.####..##',
  ])
})

test('a long one has two blocks, alignment patterns and its version', () => {
  const text = `otpauth://totp/Tollgate:somebody.with.a.long.name@example.org?secret=KCYJNDB5TNXIHG32YYQIVFHYGSB2NBPB&issuer=Tollgate&x=${'y'.repeat(40)}`
  const dark = drawn(text)?.map((row) => row.replaceAll('.', '').length)
  expect(dark).toEqual([
    38, 25, 23, 22, 29, 19, 31, 14, 35, 13, 24, 17, 28, 19, 26, 25, 33, 11, 24, 30, 33, 18, 34, 27, 38, 14,
    26, 28, 23, 20, 24, 26, 35, 13, 25, 30, 28, 25, 25, 28, 36, 13, 26, 21, 32, 19, 20, 23, 40,
  ])
})

test('what is too long has none', () => {
  expect(qrCode('x'.repeat(230))).toHaveLength(53)
  expect(qrCode('x'.repeat(231))).toBeUndefined()
})
