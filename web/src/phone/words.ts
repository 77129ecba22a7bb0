// What the phone says to its user.
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import type { Translate } from '@/i18n'
import type { Muteness } from './microphone'
import { type PhoneNow, partner } from './phone'
import type { Charged } from './protocol'
import type { Notice, Telephony } from './telephone'

/** What is heard, in words. */
export function heardText(t: Translate, now: PhoneNow): string {
  const words: Record<Telephony['heard'], string> = {
    silence: '',
    bell: t('{{caller}} is calling', { caller: partner(now) }),
    dial_tone: t('Dial tone'),
    connecting: t('Connecting'),
    ringing: t('Ringing'),
    connection: now.isHeard ? t('Connected, with audio') : t('Connected, in writing'),
    busy: t('Busy'),
    fast_busy: t('The call is over'),
  }
  return words[now.heard]
}

/** Where the phone is, for whom it does not lie open. */
export function placeText(t: Translate, { place, why }: PhoneNow): string {
  switch (place) {
    case 'off':
      return t('Phone')
    case 'elsewhere':
      return t('The phone is in another tab')
    case 'registering':
      return t('Registering')
    case 'lost':
      return t('No connection: trying again')
    case 'refused':
      return why === 'Invalid phone number'
        ? t('This phone is not a line of this exchange.')
        : t('The phone is not let in.')
    case 'ready':
      return t('Ready')
  }
}

export function noticeText(t: Translate, notice: Notice): string {
  switch (notice.kind) {
    case 'not_possible':
      return notPossible(t, notice.reason)
    case 'mute':
      return muteText(t, notice.why)
    case 'missed':
      return t('You missed a call of {{caller}}.', notice)
    case 'over':
      return notice.seconds === undefined
        ? t('The call is over.')
        : t('The call is over: {{time}}.', { time: durationText(notice.seconds) })
    case 'warning':
      return t('The balance lasts for {{time}} more.', { time: durationText(notice.seconds) })
    case 'charged':
      return chargedText(t, notice.charged)
    case 'not_taken':
      return t('The exchange did not take that ({{code}}).', notice)
    case 'no_audio':
      return t('There is no audio between the two phones: write instead.')
    case 'text_only':
      return t('This call has no audio: write.')
    case 'lost':
      return t('The call was lost with the connection.')
    case 'lost_too_long':
      return t('The call is over: the connection was lost for too long.')
    case 'unknown_code':
      return t('There is no such code.')
  }
}

function chargedText(t: Translate, { reason, seconds, cost, currency }: Charged): string {
  const values = { time: durationText(seconds), cost: amountText(cost, currency) }
  if (reason === 'cut_off')
    return t('The balance is used up. The call took {{time}} and cost {{cost}}.', values)
  if (reason === 'ended_by_staff')
    return t('The exchange has ended the call. It took {{time}} and cost {{cost}}.', values)
  return t('The call took {{time}} and cost {{cost}}.', values)
}

function muteText(t: Translate, why: Muteness): string {
  const words: Record<Muteness, string> = {
    insecure: t('This page did not come by HTTPS, so the browser gives it no microphone. Write instead.'),
    refused: t('The browser does not let this page use the microphone. Write instead.'),
    none: t('There is no microphone that can be used. Write instead.'),
  }
  return words[why]
}

function notPossible(t: Translate, reason: string): string {
  const words: Record<string, string> = {
    not_active: t('A line is suspended or closed.'),
    already_in_call: t('This line is in a call already.'),
    dialed_self: t("That is this phone's own number."),
    no_recipient: t('No phone can be reached under this number.'),
    busy: t('The other line is busy.'),
    timeout: t('Nobody answered.'),
    callee_disconnected: t('The other phone has lost its connection.'),
    insufficient_balance: t('The balance does not allow this call.'),
    blocked: t('This call is blocked.'),
    no_rate: t('This number has no price, so it is not put through.'),
    all_lines_busy: t('All lines are busy: try again later.'),
  }
  return words[reason] ?? t('The exchange has failed: try again.')
}
