// One ticket: what is known, what may be done, and how it came about.

import { html, nothing, badge, when, deviceLink, problem, timeline, calmly } from '../ui.js';
import { get, post } from '../api.js';
import { t, number, current } from '../i18n.js';

const STEPS = ['OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS', 'VERIFYING', 'VERIFIED', 'CLOSED'];

export function ticket({ update, id }) {
  const path = `/tickets/${encodeURIComponent(id)}`;
  const state = { ticket: null, failure: null };
  const load = calmly(async () => {
    try { state.ticket = await get(path, { lang: current() }); state.failure = null; } catch (failure) { state.failure = failure; }
    update();
  });
  load();

  async function act(action) {
    const body = { by: 'console' };
    if (action === 'assign') {
      body.owner = prompt(t('ticket.whose'));
      if (!body.owner) return;
    }
    if (action === 'comment') {
      body.text = prompt(t('ticket.comment'));
      if (!body.text) return;
    }
    if (action === 'close' && state.ticket.state !== 'VERIFIED') {
      body.text = prompt(t('ticket.forceReason'));
      if (!body.text) return;
      body.force = true;
    }
    try { await post(`${path}/${action}`, body); } catch (failure) { state.failure = failure; }
    load();
  }

  function steps(k) {
    const at = STEPS.indexOf(k.state === 'REOPENED' ? 'OPEN' : k.state);
    return html`<ol class="steps">${STEPS.map((s, i) => html`
      <li class=${i < at ? 'done' : i === at ? 'now' : ''} aria-current=${i === at ? 'step' : nothing}>${t(`state.${s}`)}</li>`)}</ol>`;
  }

  return {
    view: () => {
      const k = state.ticket;
      if (!k) return html`${problem(state.failure)}<p class="quiet">${t('loading')}</p>`;
      return html`
        <p class="crumbs"><a href="#/tickets">${t('nav.tickets')}</a> ›</p>
        <h1>${k.id} <small>${k.title}</small></h1>
        ${problem(state.failure)}
        <p class="facts">
          ${badge('state', k.state)} ${badge('urgency', k.urgency)} ${badge('severity', k.severity)} ${badge('sla', k.sla)}
          ${k.proactive ? html`<span class="badge proactive">${t('proactive')}</span>` : nothing}
          <span>${t('device')} ${deviceLink(k.device)}</span>
          <span>${t('cause')} <code>${k.cause}</code></span>
          <span>${t('confidence')} <b>${number(k.confidence * 100)} %</b></span>
          <span>${t('opened')} ${when(k.openedAt)}</span>
          ${k.resolveBy ? html`<span>${t('resolveBy')} ${when(k.resolveBy)}</span>` : nothing}
          ${k.owner ? html`<span>${t('owner')} <b>${k.owner}</b></span>` : nothing}
          ${k.reopened ? html`<span>${t('reopenedTimes', { n: k.reopened })}</span>` : nothing}
        </p>
        ${steps(k)}
        ${k.remedy ? html`<p>${t('remedy')} <b>${k.remedy.kind} ${k.remedy.ref}</b> ${k.remedy.text || ''}</p>` : nothing}
        ${k.suggestion ? html`<p class="hint">${t('ticket.suggestion')} <b>${k.suggestion.kind} ${k.suggestion.ref}</b>
          ${t('ticket.success', { verified: k.suggestion.verified, applied: k.suggestion.applied })}</p>` : nothing}
        <div class="actions">${(k.actions || []).map((a) => html`
          <button class=${a === 'acknowledge' || (a === 'close' && k.state === 'VERIFIED') ? 'primary' : ''} @click=${() => act(a)}>${t(`action.${a}`, {}, a)}</button>`)}</div>
        <h2>${t('timeline')}</h2>
        ${timeline(k.timeline || [])}`;
    },
    event: (type, data) => { if (type === 'ticket' && data.id === id) load(); },
    again: load,
    relabel: load,
    close: () => load.cancel(),
  };
}
