import { useMemo } from 'react'
import { qrCode } from './qr'

/** A text as a QR code, dark on light in both colour schemes, as readers expect it; nothing where it is too long. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const rows = useMemo(() => qrCode(text), [text])
  if (!rows) return null
  const path = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  // Readers need a margin of four modules.
  const size = rows.length + 8
  return (
    <svg
      role="img"
      aria-label={label}
      width={200}
      height={200}
      viewBox={`-4 -4 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect x={-4} y={-4} width={size} height={size} fill="#fff" />
      <path d={path.join('')} fill="#000" />
    </svg>
  )
}
