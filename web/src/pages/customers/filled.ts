/** What was entered, or null where nothing was: the API has no empty texts. */
export function filled(text: string | null | undefined): string | null {
  return text?.trim() || null
}
