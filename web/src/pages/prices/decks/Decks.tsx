export function Decks() {
  return null
}
