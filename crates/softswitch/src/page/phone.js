// The page: registering, one tab at a time, and what keys and buttons do.

import { Recording } from "./recording.js";
import { Socket } from "./socket.js";
import { Telephone } from "./telephone.js";
import { $, draw, drawBlocked, drawMeter, makePad, showPart, showText } from "./view.js";
import { refused } from "./words.js";

// How long a tab that is just being left may take to give the phone up, in milliseconds.
const GIVING_UP = 1500;
const KEPT = "phone.registered";

let socket = null;
let number = "";
let give = null;
const telephone = new Telephone(
  { voice: $("voice"), prompt: $("prompt") },
  (event, ...args) => socket?.emit(event, ...args),
  () => {
    draw(telephone);
    followTalk();
    showBlocking();
  },
);

// Registering.

function register(line, secret) {
  number = line;
  sessionStorage.setItem(KEPT, JSON.stringify({ number: line, secret }));
  history.replaceState(null, "", `#${line}`);
  showText("own", line);
  showText("line", "Registering ...");
  const auth = secret ? { phoneNumber: line, token: secret } : { phoneNumber: line };
  socket = new Socket(auth, { connected() {}, refused: turnedAway, lost, putOff, event });
}

function turnedAway(message) {
  leave();
  showPart("register");
  showText("line", "Not registered");
  showText("fault", refused(message));
  $("number").value = number;
  $("secret").focus();
}

function lost() {
  showText("line", "The connection is lost: trying again ...");
}

function putOff(message) {
  showText("line", `${refused(message)}: trying again ...`);
}

function event(name, args) {
  if (name === "registered") {
    showPart("phone");
    showText("line", "Registered");
    showText("own", args[0]);
    telephone.registered();
  } else if (name === "replaced") {
    moveAway("Another phone was registered for this line.");
  } else if (name === "error" && args[0] === "invalid_call_blocking") {
    notBlocked();
  } else {
    telephone.event(name, args);
  }
}

// Ends everything, whatever it was.
function leave() {
  telephone.hangUp();
  socket?.close();
  socket = null;
  give?.();
  give = null;
}

function moveAway(why) {
  // Without hanging up: a call goes on there.
  socket?.close();
  socket = null;
  leave();
  showPart("elsewhere");
  showText("line", "Not registered");
  showText("elsewhere-why", why);
}

// One tab holds a line's phone. The browser has no locks where the page was not opened by HTTPS or on this machine.
async function hold(line, secret, steal = false) {
  number = line;
  if (!navigator.locks) return register(line, secret);
  const how = steal ? { steal: true } : { signal: AbortSignal.timeout(GIVING_UP) };
  const held = navigator.locks.request(`phone ${line}`, how, () => {
    register(line, secret);
    return new Promise((resolve) => (give = resolve));
  });
  await held.catch(() => {
    give = null;
    moveAway(`Another tab of this browser holds the phone ${line}.`);
  });
}

function kept() {
  const known = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const asked = location.hash.replace(/[^0-9+]/g, "");
  return !asked || asked === known.number ? known : { number: asked, secret: "" };
}

$("register").onsubmit = (submitted) => {
  submitted.preventDefault();
  showText("fault", "");
  // One that is put off may be another.
  leave();
  hold($("number").value.trim(), $("secret").value);
};
$("here").onclick = () => hold(number, kept().secret ?? "", true);
$("leave").onclick = () => {
  leave();
  sessionStorage.removeItem(KEPT);
  history.replaceState(null, "", location.pathname);
  showPart("register");
  showText("line", "Not registered");
  showText("own", "");
  $("secret").value = "";
  $("number").focus();
};

// The handset.

makePad((key) => telephone.key(key));
$("hook").onclick = () => telephone.lift();
$("answer").onclick = () => telephone.answer();
$("refuse").onclick = () => telephone.refuse();
$("write").onsubmit = (submitted) => {
  submitted.preventDefault();
  telephone.write($("text").value.trim());
  $("text").value = "";
};
document.addEventListener("keydown", (pressed) => {
  if ($("blocking").open || $("phone").hidden || pressed.isComposing) return;
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
  const { state } = telephone;
  if (pressed.key === "Escape") return state === "ringing" ? telephone.refuse() : telephone.hangUp();
  if (pressed.target.matches("input, textarea")) return;
  if (/^[0-9*#+]$/.test(pressed.key)) {
    // Or the key would also be written into a field that opens by it.
    pressed.preventDefault();
    telephone.key(pressed.key);
  } else if (pressed.key === "Enter" && !pressed.target.matches("button")) {
    if (state === "talking") $("text").focus();
    else if (state === "idle" || state === "ringing") telephone.lift();
  } else if (state === "talking" && /^\p{L}$/u.test(pressed.key)) {
    // The letter goes where the focus is then.
    $("text").focus();
  }
});

// What is typed is for the other party as soon as there is one, and for the keys again when there is none.
let talking = false;
function followTalk() {
  const talks = telephone.state === "talking";
  if (talks === talking) return;
  talking = talks;
  if (!talks) $("text").blur();
  else if (!$("blocking").open) $("text").focus();
}

setInterval(() => drawMeter(telephone), 250);

// A message to be left, written or spoken.

const recording = new Recording((audio) => telephone.leave({ audio }), (label) => showText("speak", label));
$("message").onsubmit = (submitted) => {
  submitted.preventDefault();
  recording.drop();
  const text = $("message-text").value.trim();
  if (text) telephone.leave({ text });
  $("message-text").value = "";
};
$("speak").onclick = () => recording.toggle(telephone.message?.seconds ?? 0);

// Call blocking.

async function block(action, blocked) {
  showText("blocking-fault", "");
  try {
    telephone.blocked = await socket.ask("call_blocking", blocked ? { action, number: blocked } : { action });
  } catch {
    notBlocked();
  }
  showBlocking();
}

function notBlocked() {
  showText("blocking-fault", "The exchange does not take this number.");
}

function showBlocking() {
  const dialog = $("blocking");
  if (telephone.blocked && !dialog.open) {
    $("block-number").value = "";
    dialog.showModal();
    block("list");
  }
  if (telephone.blocked) drawBlocked(telephone.blocked, (blocked) => block("remove", blocked));
}

$("blocking-open").onclick = () => {
  telephone.blocked = [];
  showBlocking();
};
$("blocking-close").onclick = () => $("blocking").close();
$("blocking").onclose = () => (telephone.blocked = null);
$("block").onsubmit = (submitted) => {
  submitted.preventDefault();
  block("add", $("block-number").value.trim());
  $("block-number").value = "";
};

// What others may look at.
globalThis.phone = Object.freeze({
  get state() {
    return telephone.state;
  },
  get heard() {
    return telephone.heard;
  },
  get registered() {
    return !$("phone").hidden && socket !== null;
  },
  stats: () => telephone.voice.stats(),
});

const known = kept();
if (known.number) {
  hold(known.number, known.secret ?? "");
} else {
  showPart("register");
}
