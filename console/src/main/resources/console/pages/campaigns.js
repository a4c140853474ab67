// Campaigns, newest first.

import { html, nothing, badge, when, empty, problem, shares, calmly } from '../ui.js';
import { get } from '../api.js';
import { t } from '../i18n.js';
import { STATUSES } from './campaign.js';

export function campaigns({ update }) {
  const state = { items: [], failure: null, loaded: false };
  const load = calmly(async () => {
    try { state.items = (await get('/campaigns')).items; state.failure = null; state.loaded = true; } catch (failure) { state.failure = failure; }
    update();
  });
  load();

  return {
    view: () => html`
      <h1>${t('nav.campaigns')}</h1>
      ${problem(state.failure)}
      ${state.items.length ? html`<div class="cards">${state.items.map((c) => html`
        <a class="card" href="#/campaigns/${encodeURIComponent(c.id)}">
          <span>${badge('campaign', c.state)} <b>${c.name || c.id}</b></span>
          <span class="quiet">${c.id} · ${when(c.createdAt)}</span>
          ${shares(c.counts || {}, STATUSES, 'update')}
          ${c.haltReason ? html`<span class="bad">${c.haltReason}</span>` : nothing}
        </a>`)}</div>`
      : state.loaded ? empty(t('campaigns.none')) : html`<p class="quiet">${t('loading')}</p>`}`,
    event: (type) => { if (type === 'campaign') load(); },
    again: load,
    close: () => load.cancel(),
  };
}
