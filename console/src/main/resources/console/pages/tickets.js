// All tickets, the most urgent first.

import { html, nothing, repeat, badge, when, deviceLink, empty, problem, calmly } from '../ui.js';
import { get } from '../api.js';
import { t, number } from '../i18n.js';

const STATES = ['open', 'OPEN', 'ACKNOWLEDGED', 'IN_PROGRESS', 'VERIFYING', 'REOPENED', 'VERIFIED', 'CLOSED'];
const URGENCIES = ['EMERGENCY', 'HIGH', 'MEDIUM', 'LOW'];
const SHARES = ['proactiveShare', 'reopenedRate'];
const PAGE = 50;

export function tickets({ update, query }) {
  const state = { items: [], next: '', kpis: null, failure: null, loaded: false,
    filter: { state: query.get('state') ?? '', urgency: '', q: '' } };

  const load = calmly(async () => {
    try {
      const [page, kpis] = await Promise.all([
        get('/tickets', { ...state.filter, limit: Math.max(PAGE, state.items.length) }), get('/kpis'),
      ]);
      Object.assign(state, { items: page.items, next: page.next || '', kpis, failure: null, loaded: true });
    } catch (failure) { state.failure = failure; }
    update();
  });
  load();

  async function more() {
    const page = await get('/tickets', { ...state.filter, after: state.next, limit: PAGE });
    state.items.push(...page.items);
    state.next = page.next || '';
    update();
  }

  const choose = (name) => (event) => { state.filter[name] = event.target.value; state.items = []; load(); };

  const row = (k) => html`
    <tr>
      <td>${badge('urgency', k.urgency)}</td>
      <td>${badge('state', k.state)}</td>
      <td class="name"><a href="#/tickets/${encodeURIComponent(k.id)}">${k.id}</a></td>
      <td class="what">${k.title} ${k.proactive ? html`<span class="badge proactive">${t('proactive')}</span>` : nothing}</td>
      <td class="device">${deviceLink(k.device)}</td>
      <td>${when(k.openedAt)}</td>
      <td>${badge('sla', k.sla)}</td>
      <td>${k.owner || '–'}</td>
    </tr>`;

  return {
    view: () => html`
      <h1>${t('nav.tickets')}</h1>
      ${problem(state.failure)}
      ${state.kpis ? html`<section class="kpis">${Object.entries(state.kpis).filter(([, v]) => typeof v === 'number').map(([k, v]) => html`
        <span><b>${SHARES.includes(k) ? `${number(100 * v)} %` : number(v, 1)}</b> ${t(`kpi.${k}`, {}, k)}</span>`)}</section>` : nothing}
      <form class="filters" @submit=${(e) => e.preventDefault()}>
        <input type="search" placeholder=${t('tickets.search')} aria-label=${t('tickets.search')} @input=${choose('q')}>
        <select aria-label=${t('state')} @change=${choose('state')}>
          <option value="">${t('all')}</option>
          ${STATES.map((s) => html`<option value=${s} ?selected=${s === state.filter.state}>${t(`state.${s}`)}</option>`)}
        </select>
        <select aria-label=${t('urgency')} @change=${choose('urgency')}>
          <option value="">${t('all')}</option>
          ${URGENCIES.map((u) => html`<option value=${u}>${t(`urgency.${u}`)}</option>`)}
        </select>
        <span class="quiet">${t('count.tickets', { n: `${number(state.items.length)}${state.next ? '+' : ''}` })}</span>
      </form>
      ${state.items.length ? html`
        <div class="scroll"><table>
          <thead><tr><th>${t('urgency')}</th><th>${t('state')}</th><th>${t('ticket')}</th><th>${t('title')}</th>
            <th>${t('device')}</th><th>${t('opened')}</th><th>${t('sla')}</th><th>${t('owner')}</th></tr></thead>
          <tbody>${repeat(state.items, (k) => k.id, row)}</tbody>
        </table></div>
        ${state.next ? html`<button @click=${more}>${t('more')}</button>` : nothing}`
      : state.loaded ? empty(t('tickets.none')) : html`<p class="quiet">${t('loading')}</p>`}`,
    event: (type) => { if (type === 'ticket') load(); },
    again: load,
    close: () => load.cancel(),
  };
}
