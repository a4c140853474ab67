// Small pieces that several pages show.

import { html, nothing } from './vendor/lit-html/lit-html.js';
import { t, time, ago } from './i18n.js';

export { html, render, nothing } from './vendor/lit-html/lit-html.js';
export { repeat } from './vendor/lit-html/directives/repeat.js';

export const badge = (group, value) => value
  ? html`<span class="badge ${group}-${String(value).toLowerCase()}">${t(`${group}.${value}`, {}, value)}</span>`
  : nothing;

export const when = (ms) => ms ? html`<time title=${time(ms)}>${ago(ms)}</time>` : html`–`;

export const deviceLink = (id) => html`<a href="#/devices/${encodeURIComponent(id)}">${id}</a>`;

export const empty = (text) => html`<p class="empty">${text}</p>`;

export const problem = (failure) => failure
  ? html`<p class="problem" role="alert"><strong>${t(`reason.${failure.reason}`, {}, failure.title || failure.reason || t('problem'))}</strong> ${failure.message}</p>`
  : nothing;

export const tile = (label, value, tone = '', href = '') => html`
  <a class="tile ${tone}" href=${href || nothing}>
    <span class="figure">${value}</span><span class="label">${label}</span>
  </a>`;

/** A bar whose parts are shares of a whole, with a legend for those who cannot see colours. */
export function shares(counts, order, group) {
  const total = order.reduce((sum, key) => sum + (counts[key] || 0), 0);
  if (!total) return html`<div class="bar"></div>`;
  const present = order.filter((key) => counts[key]);
  return html`
    <div class="bar" aria-hidden="true">
      ${present.map((key) => html`<span class="${group}-${key.toLowerCase()}" style="width:${(100 * counts[key]) / total}%"></span>`)}
    </div>
    <span class="legend">
      ${present.map((key) => html`<span class="${group}-${key.toLowerCase()}">${t(`${group}.${key}`, {}, key)} ${counts[key]}</span>`)}
    </span>`;
}

export const timeline = (entries, text = (entry) => entry.text) => html`
  <ol class="timeline">
    ${entries.map((entry) => html`
      <li class="kind-${entry.kind}">
        <span class="moment">${time(entry.at)}</span>
        <span class="actor">${entry.actor}</span>
        <span class="text">${text(entry)}</span>
        ${entry.values && Object.keys(entry.values).length ? html`
          <span class="values">${Object.entries(entry.values).sort().map(([k, v]) => html`<code>${k} = ${typeof v === 'number' ? Math.round(v * 1000) / 1000 : v}</code> `)}</span>` : nothing}
      </li>`)}
  </ol>`;

/** Whether a device is connected, for those who do not see colours as well. */
export const dot = (online) => {
  const word = online ? t('online') : t('offlineDevice');
  return html`<span class="dot ${online ? 'on' : 'off'}" role="img" aria-label=${word} title=${word}></span>`;
};

/**
 * Calls something at most once in a while, and once more after the last call; never while what it
 * began is under way, so that an old answer cannot overtake a new one.
 */
export function calmly(run, wait = 700) {
  let timer = 0;
  let busy = false;
  let again = false;
  const begin = async () => {
    busy = true;
    again = false;
    const rest = new Promise((rested) => { timer = setTimeout(rested, wait); });
    try { await run(); } finally { await rest; busy = false; }
    if (again) begin();
  };
  const calm = () => { if (busy) again = true; else begin(); };
  calm.cancel = () => { clearTimeout(timer); again = false; };
  return calm;
}
