// Who looks elsewhere is told by the browser that the phone rings.
import { t } from '@/i18n'

let shown: Notification | undefined
let announced: string | undefined

/** Tells who calls, until nobody does. */
export function announce(caller: string | undefined) {
  if (caller === announced) return
  announced = caller
  shown?.close()
  shown = undefined
  const isSeen = document.visibilityState === 'visible' && document.hasFocus()
  if (!caller || isSeen || !('Notification' in window) || Notification.permission !== 'granted') return
  try {
    shown = new Notification(t('{{caller}} is calling', { caller }), {
      tag: 'tollgate-call',
      icon: '/icon.svg',
      requireInteraction: true,
    })
    shown.onclick = () => window.focus()
  } catch {
    // Some browsers of phones have them by a service worker only.
  }
}
