// What the phone says to its user.

export const HEARD = {
  silence: "",
  bell: "The bell: a call",
  dial_tone: "Dial tone",
  connecting: "Connecting",
  ringing: "Ringing",
  connection: "Connection",
  busy: "Busy",
  fast_busy: "Fast busy: the call is over",
};

export const MICROPHONE = {
  insecure: "This page was not opened by HTTPS or on this machine, so the browser gives it no microphone: you cannot be heard. Write instead.",
  refused: "The browser was not allowed to use the microphone: you cannot be heard. Write instead.",
  none: "There is no microphone that can be used: you cannot be heard. Write instead.",
};

const REASONS = {
  not_active: "A line is suspended or closed.",
  already_in_call: "This line is in a call already.",
  dialed_self: "That is this phone's own number.",
  no_recipient: "No phone can be reached under this number (these phones reach lines of this exchange alone).",
  busy: "The other line is busy.",
  timeout: "Nobody answered.",
  callee_disconnected: "The other phone has lost its connection.",
  insufficient_balance: "The balance does not allow this call: top it up.",
  blocked: "This call is blocked.",
  no_rate: "This number has no price, so it is not put through.",
  all_lines_busy: "All lines are busy: try again later.",
  error: "The exchange has failed: try again.",
};

export function reason(name) {
  return REASONS[name] ?? "The exchange refuses the call.";
}

// Which tone a refusal has.
export function toneOf(name) {
  return name === "busy" || name === "dialed_self" ? "busy" : "fast_busy";
}

const REFUSED = {
  "No phone number provided": "Tell the number of the line.",
  "Invalid phone number": "There is no line with this number.",
  "Invalid phone secret": "The secret is not that of the line.",
};

export function refused(message) {
  return REFUSED[message] ?? message;
}

// Seconds as 1:05 or 1:01:05.
export function time(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function money({ cost, currency }) {
  return `${cost}\u00a0${currency}`;
}
