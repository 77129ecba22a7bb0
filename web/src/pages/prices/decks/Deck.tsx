export function DeckPage() {
  return null
}
