// The fleet: figures, health, and every device with its worst first.

import { html, nothing, repeat, badge, when, dot, deviceLink, empty, problem, tile, shares, calmly } from '../ui.js';
import { get } from '../api.js';
import { t, number } from '../i18n.js';

const HEALTH = ['critical', 'warning', 'watch', 'good', 'unknown'];
const PAGE = 50;

export function fleet({ update }) {
  const state = { figures: null, devices: [], total: 0, next: '', q: '', health: '', failure: null, recent: [] };

  const load = calmly(async () => {
    try {
      const [figures, page] = await Promise.all([
        get('/fleet'),
        get('/devices', { q: state.q, health: state.health, limit: Math.max(PAGE, state.devices.length) }),
      ]);
      state.figures = figures;
      state.devices = page.items;
      state.total = page.total;
      state.next = page.next || '';
      state.failure = null;
    } catch (failure) { state.failure = failure; }
    update();
  });
  load();

  async function more() {
    const page = await get('/devices', { q: state.q, health: state.health, after: state.next, limit: PAGE });
    state.devices.push(...page.items);
    state.next = page.next || '';
    update();
  }

  function figures(f) {
    const open = Object.values(f.tickets).reduce((a, b) => a + b, 0);
    return html`
      <section class="tiles" aria-label=${t('fleet.figures')}>
        ${tile(t('fleet.devices'), number(f.devices))}
        ${tile(t('fleet.online'), number(f.online))}
        ${tile(t('fleet.faults'), number(f.faults), f.faults ? 'warn' : '')}
        ${tile(t('fleet.predictions'), number(f.predictions), f.predictions ? 'warn' : '')}
        ${tile(t('fleet.openTickets'), number(open), f.tickets.EMERGENCY ? 'bad' : '', '#/tickets')}
        ${tile(t('fleet.verified'), number(f.verified), 'good', '#/tickets?state=VERIFIED')}
        ${tile(t('fleet.uplinks'), number(f.rates?.uplinks))}
      </section>
      <div class="health">${shares(f.health, HEALTH, 'health')}</div>`;
  }

  const row = (d) => html`
    <tr>
      <td>${badge('health', d.health)}</td>
      <td class="name">${deviceLink(d.id)}</td>
      <td>${d.model || '–'}</td>
      <td>${Object.entries(d.software || {}).map(([k, v]) => `${k} ${v}`).join(', ') || '–'}</td>
      <td class="seen">${dot(d.online)} ${when(d.lastSeen)}</td>
      <td class="n">${d.faults || ''}</td>
      <td class="n">${d.tickets || ''}</td>
      <td>${d.prediction ? t('device.cyclesLeft', { n: number(d.prediction.cycles) }) : ''}</td>
    </tr>`;

  return {
    view: () => html`
      <h1>${t('nav.fleet')}</h1>
      ${problem(state.failure)}
      ${state.figures ? figures(state.figures) : html`<p class="quiet">${t('loading')}</p>`}
      <form class="filters" @submit=${(e) => e.preventDefault()}>
        <input type="search" placeholder=${t('fleet.search')} aria-label=${t('fleet.search')} .value=${state.q}
          @input=${(e) => { state.q = e.target.value; load(); }}>
        <select aria-label=${t('health')} @change=${(e) => { state.health = e.target.value; load(); }}>
          <option value="">${t('all')}</option>
          ${HEALTH.map((h) => html`<option value=${h}>${t(`health.${h}`)}</option>`)}
        </select>
        <span class="quiet">${t('count.devices', { n: number(state.total) })}</span>
      </form>
      ${state.devices.length ? html`
        <div class="scroll"><table>
          <thead><tr><th>${t('health')}</th><th>${t('device')}</th><th>${t('model')}</th><th>${t('software')}</th>
            <th>${t('lastSeen')}</th><th class="n">${t('faults')}</th><th class="n">${t('nav.tickets')}</th><th>${t('prediction')}</th></tr></thead>
          <tbody>${repeat(state.devices, (d) => d.id, row)}</tbody>
        </table></div>
        ${state.next ? html`<button @click=${more}>${t('more')}</button>` : nothing}`
      : state.figures ? empty(state.q || state.health ? t('fleet.noneFound') : t('fleet.none')) : nothing}`,
    event: (type) => { if (type !== 'signals') load(); },
    again: load,
    close: () => load.cancel(),
  };
}
