/**
 * A question before something is done that can't be taken back: what exactly, for how long, and why. Escape means no.
 */

import { element } from "../hud/dom";
import { span } from "./numbers";

export interface Question {
  title: string;
  /** What will happen. */
  sentence: string;
  /** The word on the button that does it. */
  yes: string;
  /** Whether it has an end, and a reason. */
  ends?: boolean;
  reasoned?: boolean;
  /** What else may be wanted, to be ticked. */
  more?: string;
}

export interface Wanted {
  seconds: number;
  reason: string;
  more: boolean;
}

const REASON_CHARS_MAX = 100;
const DURATIONS_S = [5 * 60, 3600, 24 * 3600, 7 * 86_400, 30 * 86_400, 365 * 86_400];
const DURATION_S = 3600;

/** What was decided; null: no. */
export function ask(question: Question): Promise<Wanted | null> {
  const seconds = element("select", "field");
  for (const duration_s of DURATIONS_S) {
    const option = element("option", "", span(duration_s));
    option.value = String(duration_s);
    option.selected = duration_s === DURATION_S;
    seconds.append(option);
  }
  const reason = element("input", "field");
  reason.maxLength = REASON_CHARS_MAX;
  reason.autocomplete = "off";
  const more = element("input", "");
  more.type = "checkbox";
  const no = element("button", "button quiet", "Cancel");
  no.type = "button";
  const yes = element("button", "button dangerous", question.yes);
  const title = element("h2", "", question.title);
  title.id = "question";
  const form = element("form", "", title, element("p", "", question.sentence));
  if (question.ends === true) form.append(element("label", "", "For", seconds));
  if (question.reasoned === true) form.append(element("label", "", "Reason, which they are told", reason));
  if (question.more !== undefined) form.append(element("label", "tick", more, question.more));
  form.append(element("div", "choices", no, yes));
  const dialog = element("dialog", "question panel", form);
  dialog.setAttribute("aria-labelledby", title.id);

  return new Promise((decide) => {
    let wanted: Wanted | null = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      wanted = { seconds: Number(seconds.value), reason: reason.value.trim(), more: more.checked };
      dialog.close();
    });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      decide(wanted);
    });
    document.body.append(dialog);
    dialog.showModal();
    if (question.reasoned !== true) no.focus();
  });
}
