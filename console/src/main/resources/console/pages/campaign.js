// One campaign: its waves, its halt rules, its devices, and what happened.

import { html, nothing, repeat, badge, when, deviceLink, problem, shares, timeline, calmly } from '../ui.js';
import { get, post } from '../api.js';
import { t, number } from '../i18n.js';

export const STATUSES = ['RUNNING', 'INSTALLED', 'VERIFIED', 'DOWNLOADING', 'RECEIVED', 'SENT', 'WAITING', 'ROLLED_BACK', 'FAILED', 'REFUSED', 'SILENT', 'WRITTEN_OFF'];
const BUTTONS = { start: 'primary', resume: 'primary', halt: 'danger' };

export function campaign({ update, id }) {
  const path = `/campaigns/${encodeURIComponent(id)}`;
  const state = { campaign: null, devices: [], next: '', failure: null };
  const load = calmly(async () => {
    try {
      const [c, devices] = await Promise.all([get(path), get(`${path}/devices`, { limit: Math.max(100, state.devices.length) })]);
      Object.assign(state, { campaign: c, devices: devices.items, next: devices.next || '', failure: null });
    } catch (failure) { state.failure = failure; }
    update();
  });
  load();

  async function act(action) {
    if (action !== 'start' && !confirm(t(`campaign.sure.${action}`))) return;
    try { await post(`${path}/${action}`, { by: 'console' }); } catch (failure) { state.failure = failure; }
    load();
  }

  async function more() {
    const page = await get(`${path}/devices`, { after: state.next, limit: 100 });
    state.devices.push(...page.items);
    state.next = page.next || '';
    update();
  }

  const rule = (r) => t('campaign.rule', {
    failed: number((r.maxFailedShare ?? 0) * 100), rolledBack: r.maxRolledBack, silence: r.silenceSeconds, soak: r.soakSeconds ?? 0,
  });

  const wave = (w, i) => html`
    <li class="wave">
      <span>${badge('wave', w.state)} <b>${w.name || t('campaign.wave', { n: i + 1 })}</b> ${t('count.devices', { n: number(w.devices) })}</span>
      ${shares(w.counts || {}, STATUSES, 'update')}
      <span class="quiet">${w.haltRule ? rule(w.haltRule) : nothing}</span>
    </li>`;

  const happened = (entry) => [
    t(`happened.${entry.key}`, entry.args, entry.text), t(`reason.${entry.args.reason}`, {}, entry.args.reason), entry.args.detail,
  ].filter((part) => part).join(' · ');

  return {
    view: () => {
      const c = state.campaign;
      if (!c) return html`${problem(state.failure)}<p class="quiet">${t('loading')}</p>`;
      return html`
        <p class="crumbs"><a href="#/campaigns">${t('nav.campaigns')}</a> ›</p>
        <h1>${c.name || c.id} <small>${c.id}</small></h1>
        ${problem(state.failure)}
        <p class="facts">${badge('campaign', c.state)}
          ${c.fixes ? html`<span>${t('campaign.fixes')} <code>${c.fixes}</code></span>` : nothing}
          <span>${t('campaign.created')} ${when(c.createdAt)}</span>
          <span><code>${c.artifact.digest?.slice(0, 19)}…</code></span></p>
        ${c.haltReason ? html`<p class="problem" role="alert"><strong>${t('campaign.halted')}</strong> ${c.haltReason}</p>` : nothing}
        <div class="actions">${(c.actions || []).map((a) => html`
          <button class=${BUTTONS[a] ?? ''} @click=${() => act(a)}>${t(`action.${a}`, {}, a)}</button>`)}</div>
        <h2>${t('campaign.waves')}</h2>
        <ol class="waves">${c.waves.map(wave)}</ol>
        <h2>${t('campaign.devices')}</h2>
        <div class="scroll"><table>
          <thead><tr><th>${t('device')}</th><th>${t('campaign.waveShort')}</th><th>${t('state')}</th><th>%</th><th>${t('reason')}</th><th>${t('changed')}</th></tr></thead>
          <tbody>${repeat(state.devices, (d) => d.device, (d) => html`
            <tr><td class="device">${deviceLink(d.device)}</td><td>${d.wave + 1}</td><td>${badge('update', d.status)}</td>
              <td>${d.percent ? html`<progress max="100" .value=${d.percent} aria-label="${d.percent} %"></progress>` : nothing}</td>
              <td class="what">${t(`reason.${d.reason}`, {}, d.reason || '')}</td><td>${when(d.changedAt)}</td></tr>`)}</tbody>
        </table></div>
        ${state.next ? html`<button @click=${more}>${t('more')}</button>` : nothing}
        <h2>${t('timeline')}</h2>
        ${timeline(c.timeline || [], happened)}`;
    },
    event: (type, data) => { if (type === 'campaign' && (!data.id || data.id === id)) load(); },
    again: load,
    close: () => load.cancel(),
  };
}
