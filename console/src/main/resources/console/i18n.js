// Texts in English and Simplified Chinese; both files have the same keys (a test holds them to it).

const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' };
let language = localStorage.getItem('foretell.language')
  || (navigator.language.startsWith('zh') ? 'zh-CN' : 'en');
let texts = {};

export const languages = LANGUAGES;
export const current = () => language;

export async function load(wanted = language) {
  const response = await fetch(`i18n/${wanted}.json`);
  texts = await response.json();
  language = wanted;
  localStorage.setItem('foretell.language', wanted);
  document.documentElement.lang = wanted;
}

/** The text of a key, with {name} filled in; the fallback, or the key, where there is none. */
export function t(key, values = {}, fallback = key) {
  const text = texts[key] ?? fallback;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// Dates and numbers as the reader is used to them, where the browser speaks the same language.
const locale = () => navigator.languages.find((l) => l.slice(0, 2) === language.slice(0, 2)) ?? language;
const format = (options) => new Intl.DateTimeFormat(locale(), options);

export function time(ms) {
  return ms ? format({ dateStyle: 'short', timeStyle: 'medium' }).format(ms) : '–';
}

export function clock(ms) {
  return format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(ms);
}

const STEPS = [['day', 86400000], ['hour', 3600000], ['minute', 60000], ['second', 1000]];

/** "3 minutes ago", "in 2 hours". */
export function ago(ms, now = Date.now()) {
  if (!ms) return '–';
  const distance = ms - now;
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) >= size || unit === 'second') {
      return new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
        .format(Math.round(distance / size), unit);
    }
  }
  return '–';
}

export const number = (value, digits = 0) =>
  value === undefined || value === null ? '–'
    : new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
