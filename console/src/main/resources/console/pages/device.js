// One device: live chart, faults, prediction, commands.

import { html, nothing, badge, when, empty, problem, calmly } from '../ui.js';
import { get, post, follow } from '../api.js';
import { t, number, time } from '../i18n.js';
import { LiveChart } from '../chart.js';

const SPAN = 15 * 60 * 1000;

export function device({ update, id }) {
  const path = `/devices/${encodeURIComponent(id)}`;
  const state = { device: null, faults: [], latest: [], commands: [], tickets: [], chosen: new Set(), failure: null, said: '' };
  let chart = null;
  let left = false;
  let begun = false;
  let plots = 0;
  let arriving = null;

  const load = calmly(async () => {
    try {
      const [d, faults, latest, commands, tickets] = await Promise.all([
        get(path), get(`${path}/faults?healed=true`), get(`${path}/signals`), get(`${path}/commands`),
        get('/tickets', { device: id, limit: 20 }),
      ]);
      Object.assign(state, { device: d, faults: faults.items, latest: latest.items, commands: commands.items, tickets: tickets.items, failure: null });
      if (!begun && latest.items.length) {
        begun = true;
        if (!state.chosen.size) { state.chosen.add(latest.items[0].signal); plot(); }
      }
    } catch (failure) { state.failure = failure; }
    update();
  }, 1200);
  load();

  const stop = follow({ device: id }, (type, data) => {
    if (type === 'signals') {
      for (const [signal, samples] of Object.entries(data.signals)) {
        const last = samples[samples.length - 1];
        const known = state.latest.find((s) => s.signal === signal);
        if (known) Object.assign(known, last); else state.latest.push({ signal, ...last });
        chart?.add(signal, samples);
        arriving?.push([signal, samples]);
      }
      update();
    } else load();
  }, (online) => { if (online) load(); });

  async function plot() {
    if (left) return;
    const canvas = document.querySelector('canvas.signals');
    if (!canvas) { requestAnimationFrame(plot); return; }
    if (!chart || chart.canvas !== canvas) { chart?.close(); chart = new LiveChart(canvas); }
    // The last choice wins, however the answers overtake each other; what arrives meanwhile is in none of them.
    const turn = ++plots;
    arriving = [];
    try {
      const series = new Map();
      for (const signal of state.chosen) {
        const newest = state.latest.find((s) => s.signal === signal)?.t || Date.now();
        let page = await get(`${path}/history`, { signal, since: newest - SPAN, limit: 2000 });
        if (page.items.length < 20) page = await get(`${path}/history`, { signal, limit: 2000 });
        series.set(signal, page.items);
      }
      if (left || turn !== plots) return;
      await chart.show(series);
      if (turn !== plots) return;
      for (const [signal, samples] of arriving) chart.add(signal, samples);
    } catch (failure) {
      state.failure = failure;
      update();
    } finally {
      if (turn === plots) arriving = null;
    }
  }

  function choose(signal) {
    if (state.chosen.has(signal)) state.chosen.delete(signal); else state.chosen.add(signal);
    plot();
    update();
  }

  async function send(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    try {
      const text = form.get('arguments').trim();
      const command = await post(`${path}/commands`, { verb: form.get('verb'), arguments: text ? JSON.parse(text) : {} });
      state.said = t('device.sent', { id: command.id });
      event.target.reset();
      load();
    } catch (failure) {
      state.said = failure instanceof SyntaxError ? t('device.noJson') : `${failure.reason} ${failure.message}`;
    }
    update();
  }

  function head(d) {
    return html`
      <p class="facts">
        ${badge('health', d.health)}
        <span><span class="dot ${d.presence?.online ? 'on' : 'off'}"></span>
          ${d.presence?.online ? t('online') : t('offlineDevice')}
          ${d.presence?.via ? html`<span class="quiet">${d.presence.via} · ${when(d.presence.since)}</span>` : nothing}</span>
        <span>${t('model')} <b>${d.model || '–'}</b></span>
        ${Object.entries(d.software || {}).map(([k, v]) => html`<span>${k} <b>${v}</b></span>`)}
        <span>${t('lastSeen')} ${when(d.lastSeen)}</span>
      </p>
      ${d.prediction ? html`
        <section class="prediction">
          <h2>${t('prediction')}</h2>
          <p><b class="big">${number(d.prediction.cycles)}</b> ${t('device.cycles')}
            <span class="quiet">(${number(d.prediction.low)} – ${number(d.prediction.high)}) · ${d.prediction.model} · ${time(d.prediction.at)}</span></p>
          <div class="range" role="img" aria-label="${d.prediction.low} – ${d.prediction.high}">
            <span style="left:${share(d.prediction.low)}%;right:${100 - share(d.prediction.high)}%"></span>
            <i style="left:${share(d.prediction.cycles)}%"></i>
          </div>
        </section>` : nothing}`;
  }

  const share = (cycles) => Math.max(0, Math.min(100, (100 * cycles) / 130));

  const faultRow = (f) => html`
    <tr><td>${badge('severity', f.severity)}</td>
      <td><b>${f.code}${f.subType >= 0 ? `/${f.subType}` : ''}</b> <span class="quiet">${f.system}</span></td>
      <td class="what">${f.title}</td><td>${badge('standing', f.standing)}</td><td class="n">${f.occurrences}</td>
      <td>${when(f.since)}</td><td>${when(f.last)}</td>
      <td>${Object.entries(f.freezeFrame || {}).map(([k, v]) => html`<code>${k.split('.').pop()} = ${number(v, 2)}</code> `)}</td></tr>`;

  function body() {
    return html`
      ${head(state.device)}
      <section>
        <h2>${t('device.signals')}</h2>
        ${state.latest.length ? html`
          <div class="chips">${state.latest.map((s) => html`
            <button class="chip" aria-pressed=${state.chosen.has(s.signal)} @click=${() => choose(s.signal)}>
              ${s.signal} <b>${number(s.value, 3)}</b></button>`)}</div>
          <div class="chart"><canvas class="signals" role="img" aria-label=${[...state.chosen].join(', ')}></canvas></div>`
        : empty(t('device.noSignals'))}
      </section>
      <section>
        <h2>${t('faults')}</h2>
        ${state.faults.length ? html`<div class="scroll"><table>
          <thead><tr><th>${t('severity')}</th><th>${t('code')}</th><th>${t('title')}</th><th>${t('standing')}</th>
            <th class="n">${t('times')}</th><th>${t('since')}</th><th>${t('last')}</th><th>${t('freezeFrame')}</th></tr></thead>
          <tbody>${state.faults.map(faultRow)}</tbody></table></div>` : empty(t('device.noFaults'))}
      </section>
      <section>
        <h2>${t('nav.tickets')}</h2>
        ${state.tickets.length ? html`<ul class="plain">${state.tickets.map((k) => html`
          <li>${badge('state', k.state)} <a href="#/tickets/${encodeURIComponent(k.id)}">${k.id}</a> ${k.title}</li>`)}</ul>` : empty(t('tickets.none'))}
      </section>
      <section>
        <h2>${t('device.commands')}</h2>
        <form class="filters" @submit=${send}>
          <input name="verb" required list="verbs" placeholder=${t('device.verb')} aria-label=${t('device.verb')}>
          <datalist id="verbs"><option value="read-faults"><option value="clear-faults"><option value="reboot"></datalist>
          <input name="arguments" placeholder=${t('device.arguments')} aria-label=${t('device.arguments')}>
          <button class="primary">${t('device.send')}</button>
          <span role="status" class="quiet">${state.said}</span>
        </form>
        ${state.commands.length ? html`<div class="scroll"><table>
          <thead><tr><th>${t('state')}</th><th>${t('device.verb')}</th><th>${t('issued')}</th><th>${t('by')}</th><th>${t('detail')}</th></tr></thead>
          <tbody>${state.commands.map((c) => html`<tr><td>${badge('command', c.state)}</td><td>${c.verb}</td><td>${when(c.issuedAt)}</td><td>${c.issuedBy}</td><td>${c.detail || ''}</td></tr>`)}</tbody>
        </table></div>` : empty(t('device.noCommands'))}
      </section>`;
  }

  return {
    view: () => html`
      <p class="crumbs"><a href="#/">${t('nav.fleet')}</a> ›</p>
      <h1>${id}</h1>
      ${problem(state.failure)}
      ${state.device ? body() : state.failure ? nothing : html`<p class="quiet">${t('loading')}</p>`}`,
    event: (type, data) => { if (data.device === id) load(); },
    again: load,
    close: () => { left = true; stop(); load.cancel(); chart?.close(); },
  };
}
