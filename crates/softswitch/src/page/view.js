// Draws the telephone.

import { HEARD, money, time } from "./words.js";
import { play } from "./tones.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "star", "#": "hash" };

export const $ = (id) => document.getElementById(id);

export function makePad(press) {
  for (const key of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.ariaLabel = NAMES[key] ?? key;
    button.onclick = () => press(key);
    $("pad").append(button);
  }
}

export function showPart(part) {
  for (const id of ["register", "elsewhere", "phone"]) $(id).hidden = id !== part;
}

export function showText(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
  if (element.classList.contains("notice") || element.classList.contains("fault")) element.hidden = !text;
}

export function draw(telephone) {
  const { state, heard, digits, other, notice, said, message } = telephone;
  const rings = state === "ringing";
  document.title = rings ? `${other} calls - Tollgate` : "Phone - Tollgate";
  showText("shown", rings || !digits ? other : digits);
  showText("heard", rings ? `${other} calls` : heardNow(telephone));
  showText("notice", notice);
  $("incoming").hidden = !rings;
  $("hook").hidden = rings;
  showText("hook", state === "idle" ? "Lift the handset" : "Hang up");
  $("hook").className = state === "idle" ? "primary" : "end";
  $("message").hidden = !message;
  for (const id of ["text", "send"]) $(id).disabled = state !== "talking";
  drawSaid(said);
  drawMeter(telephone);
  play(heard);
}

function heardNow({ state, heard, voice }) {
  if (state !== "talking") return HEARD[heard];
  return voice.isUp ? "Connection, with audio" : "Connection, in writing";
}

export function drawMeter(telephone) {
  const parts = telephone.state === "talking" ? [time(telephone.seconds())] : [];
  const { meter } = telephone;
  if (meter) parts.push(money(meter));
  if (meter && Number.isFinite(meter.remaining_seconds)) parts.push(`${time(meter.remaining_seconds)} left`);
  showText("meter", parts.join(" · "));
}

function drawSaid(said) {
  const list = $("said");
  if (list.said === said) return;
  list.said = said;
  list.replaceChildren(...said.map(({ who, text }) => {
    const [line, name] = [document.createElement("li"), document.createElement("b")];
    name.textContent = `${who}: `;
    line.append(name, text);
    return line;
  }));
  list.scrollTop = list.scrollHeight;
}

export function drawBlocked(numbers, remove) {
  $("blocking-none").hidden = numbers.length > 0;
  $("blocked").replaceChildren(...numbers.map((number) => {
    const [line, button] = [document.createElement("li"), document.createElement("button")];
    button.type = "button";
    button.textContent = "Unblock";
    button.ariaLabel = `Unblock ${number}`;
    button.onclick = () => remove(number);
    line.append(number, button);
    return line;
  }));
}
