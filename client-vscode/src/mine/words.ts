/** Times, sizes and names in words. */

import { type Thing, counted } from "../counted";
import { locale, t } from "./texts";

const SECOND_US = 1_000_000;

export function dateOf(wallUs: number): Date {
  return new Date(wallUs / 1000);
}

/** Return a day: "Thursday, 26 November 2026". */
export function day(date: Date): string {
  return date.toLocaleDateString(locale(), { dateStyle: "full" });
}

/** Return a day with little room: "Thu 26 Nov". */
export function shortDay(date: Date): string {
  return date.toLocaleDateString(locale(), { weekday: "short", day: "numeric", month: "short" });
}

/** Return a day and time: "26 Nov 2026, 12:03". */
export function moment(date: Date): string {
  return date.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

export function time(date: Date): string {
  return date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
}

export function timeWithSeconds(date: Date): string {
  return date.toLocaleTimeString(locale(), { timeStyle: "medium" });
}

export function number(value: number): string {
  return value.toLocaleString(locale());
}

export function percent(share: number): string {
  return share.toLocaleString(locale(), { style: "percent" });
}

export function count(value: number, thing: Thing): string {
  return counted(t, value, thing, locale());
}

/** Return how long something took: "38 s", "12 min", "2 h 5 min". */
export function duration(us: number): string {
  const minutes = Math.round(us / SECOND_US / 60);
  if (us < 60 * SECOND_US) {
    return t("{0} s", Math.round(us / SECOND_US));
  }
  if (minutes < 60) {
    return t("{0} min", minutes);
  }
  const left = minutes % 60;
  const hours = t("{0} h", number(Math.floor(minutes / 60)));
  return left === 0 ? hours : `${hours} ${t("{0} min", left)}`;
}

/** Return a size in bytes: "812 B", "14 kB", "2.3 MB". */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  const rounded = value.toLocaleString(locale(), { maximumFractionDigits: digits });
  return `${rounded} ${units[unit] ?? ""}`;
}

/** Return what a file is called; only the names of files recorded with their text are kept. */
export function fileName(uri: string | null): string {
  if (uri === null) {
    return "";
  }
  if (!uri.startsWith("file:")) {
    return t("a file whose name is not kept");
  }
  const [path = "", cell] = uri.split("#");
  const name = path.split("/").pop() ?? "";
  return cell === undefined ? decoded(name) : `${decoded(name)}#${cell}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // not an address that somebody encoded
  }
}
